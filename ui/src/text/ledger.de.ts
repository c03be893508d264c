import type { Text } from './shape'
import type { Said } from './ledger.en'

const plural = (n: string, one: string, many: string) => (n === '1' ? one : many)

function word(words: Readonly<Record<string, string>>, key: string): string {
  return words[key] ?? key.replaceAll('_', ' ')
}

const HOSTS: Readonly<Record<string, string>> = {
  tray: 'mit dem Desktop',
  headless: 'ohne Fenster',
}
const HOWS: Readonly<Record<string, string>> = {
  'was fetched': 'geladen',
  'was here already': 'schon vorhanden',
  'was on this disk already': 'von dieser Festplatte übernommen',
}
const ENDS: Readonly<Record<string, string>> = {
  finished: 'vollständig',
  length: 'an der Längengrenze beendet',
  context_full: 'beendet, weil die Unterhaltung zu lang ist',
  stopped: 'von Ihnen angehalten',
}
const ANSWERS: Readonly<Record<string, string>> = {
  used: 'Sie haben das freigegebene Modell genommen',
  asked: 'Sie haben um Freigabe gebeten',
  snoozed: 'später',
  dismissed: 'Sie haben ihn geschlossen',
  ignored: 'keine Antwort',
  withdrawn: 'nicht mehr nötig',
  silenced: 'stumm für eine Zeit',
  reopened: 'Sie haben das zurückgenommen',
}
const REWRITES: Readonly<Record<string, string>> = {
  edited: 'Sie haben geändert, was Sie geschrieben hatten',
  regenerated: 'Sie haben um eine andere Antwort gebeten',
}
const FORMS: Readonly<Record<string, string>> = { markdown: 'Markdown', json: 'JSON' }
const WHYS: Readonly<Record<string, string>> = {
  gone: 'Es ist nicht mehr da',
  approved: 'Es wurde freigegeben',
  disputed: 'Es war ein Irrtum',
  not_a_model: 'Sie sagten, dass es kein Modell ist',
  not_me: 'Sie sagten, dass Sie es nicht sind',
  granted: 'Es wurde erlaubt',
}
const ASKED: Readonly<Record<string, string>> = {
  asked: 'Es kann vorher speichern',
  gone: 'Es hatte sich schon beendet',
  not_own: 'Es gehört einem anderen Benutzer',
  not_here: 'Dieses System kennt keinen sanften Weg, bitte beenden Sie es selbst',
}
const SANDBOXES: Readonly<Record<string, string>> = {
  enforced: 'eingeschlossen',
  partly: 'teilweise eingeschlossen',
  refused: 'nicht eingeschlossen',
}

export const ledger: Text['ledger'] = {
  title: 'Was die IT sieht',
  sub: 'Alles, was Canteen aufgezeichnet hat, und der Teil davon, der diesen Computer verlässt. Heute verlässt ihn nichts: Es gibt niemanden, an den gesendet wird. Ihre Eingaben werden nie gesendet.',
  tabs: 'Was die IT sieht',
  recorded: 'Aufgezeichnet',
  yours: 'Ihre Daten',
  table: 'Alles, was aufgezeichnet wurde, das Neueste zuerst',
  when: 'Wann',
  what: 'Was geschah',
  kept: 'Hier aufbewahrt',
  sent: 'An die IT gesendet',
  nothing: 'nichts',
  plain: (name) => `${name} (unverschlüsselt)`,
  unreadable:
    'Dieser Eintrag ist nicht lesbar: Ein neueres Canteen hat ihn geschrieben, oder er wurde verändert.',
  unknownTime: 'Zeit nicht lesbar',

  entries: (n) => plural(n, '1 Eintrag', `${n} Einträge`),
  unbroken: (n) => `${n} Einträge, Kette lückenlos`,
  broken: (at) => `Kette bei Eintrag ${at} unterbrochen`,
  brokenText: (at) =>
    `Die Kette ist bei Eintrag ${at} unterbrochen. Was davor steht, ist so, wie es geschrieben wurde; von dem, was danach kommt, ist nichts sicher. Sagen Sie der IT Bescheid, und exportieren Sie das Protokoll, bevor Sie etwas anderes tun.`,
  how: {
    number: 'Dort gehen die Nummern nicht weiter: Einträge davor wurden entfernt, oder andere eingefügt.',
    joint:
      'Er wurde nach einem anderen Eintrag geschrieben als dem, der vor ihm steht: Jener wurde ausgetauscht.',
    content:
      'Sein Wortlaut ist nicht der, der geschrieben wurde: Jemand hat ihn verändert, oder die Festplatte hat ihn verloren.',
  },
  showEntry: (seq) => `Eintrag ${seq} zeigen`,
  check: 'Kette prüfen',
  checking: 'Wird geprüft …',
  never: 'noch nie geprüft',
  lastCheck: 'geprüft',
  after: (n) => plural(n, '1 Eintrag kam seitdem dazu', `${n} Einträge kamen seitdem dazu`),

  filters: 'Einträge filtern',
  search: 'Namen, Codes und Wörter suchen',
  kind: 'Worum es geht',
  anyKind: 'Alles',
  groups: {
    models: 'Modelle',
    runs: 'Läufe und Antworten',
    computer: 'Dieser Computer und Hinweise',
    requests: 'Anfragen',
    catalogue: 'Katalog und Regeln',
    data: 'Dieses Protokoll und Ihre Daten',
    canteen: 'Canteen und Einstellungen',
  },
  model: 'Modell',
  anyModel: 'Alle Modelle',
  period: 'Zeitraum',
  periods: {
    any: 'Jederzeit',
    today: 'Heute',
    week: 'Letzte 7 Tage',
    month: 'Letzte 30 Tage',
    custom: 'Von … bis …',
  },
  from: 'Von',
  to: 'Bis',
  found: (n) => plural(n, 'bisher 1 Eintrag', `bisher ${n} Einträge`),
  foundAll: (n) => plural(n, '1 Eintrag', `${n} Einträge`),
  looking: (seq) => `Es wird weiter zurück gesucht, bei Eintrag ${seq} …`,
  older: 'Ältere Einträge kommen …',
  end: 'Dies ist der erste Eintrag.',
  endFound: 'Älteres, das passt, gibt es nicht.',
  noneTitle: 'So etwas wurde nicht aufgezeichnet',
  noneText: 'Versuchen Sie andere Wörter, oder nehmen Sie einen Filter weg.',
  clear: 'Suche und Filter leeren',
  emptyTitle: 'Noch nichts aufgezeichnet',
  emptyText: 'Wenn Sie etwas installieren, starten oder anfragen, steht hier ein Eintrag.',

  details: (seq) => `Eintrag ${seq}`,
  open: 'alle Teile zeigen',
  part: 'Teil',
  value: 'Wert',
  elsewhere: 'liegt neben diesem Protokoll',
  encrypted: 'verschlüsselt',
  unencrypted: 'als Datei, unverschlüsselt',
  sentNever: 'nicht gesendet',
  sentYes: 'gesendet',
  bytes: 'Genau so gespeichert',
  bytesText:
    'Das sind die Bytes, die geschrieben und mit der Prüfsumme versehen wurden, bis zum letzten Zeichen.',
  hash: 'Prüfsumme dieses Eintrags',
  previous: 'Prüfsumme des Eintrags davor',
  fits: 'Die Prüfsumme gehört zu diesen Bytes',
  fitsNot: 'Die Prüfsumme gehört nicht zu diesen Bytes',
  follows: 'Er schließt an den Eintrag davor an',
  followsNot: 'Er schließt nicht an den Eintrag davor an',
  byHand: 'Von Hand prüfen',
  byHandText:
    'Die Prüfsumme ist die SHA-256 von: dem Text canteen-audit-1, einem Nullbyte, der Prüfsumme des Eintrags davor (32 Byte), der Nummer des Eintrags (8 Byte), der Länge der Bytes oben (8 Byte) und diesen Bytes. Der Befehl rechnet das auf diesem Computer aus; heraus kommen muss die Prüfsumme oben.',
  copyBytes: 'Bytes kopieren',
  copyHash: 'Prüfsumme kopieren',
  copyCommand: 'Befehl kopieren',

  export: 'Exportieren',
  exportJsonl: 'Zum Nachprüfen (JSON Lines)',
  exportCsv: 'Als Tabelle (CSV)',
  exporting: 'Wird exportiert …',
  exported: (rows, path) =>
    `${plural(rows, '1 Eintrag wurde', `${rows} Einträge wurden`)} nach ${path} geschrieben. Die Datei ist nicht verschlüsselt.`,
  copyPath: 'Pfad kopieren',

  held: 'Was Canteen über Sie aufbewahrt',
  heldText:
    'Alles davon liegt verschlüsselt auf diesem Computer. Die Modelle selbst sind Dateien, in denen nichts über Sie steht.',
  heldWhat: 'Was',
  heldCount: 'Wie viel',
  heldFate: 'Wenn Sie Ihre Daten löschen',
  goes: 'wird gelöscht',
  stays: 'bleibt',
  rows: {
    conversations: 'Unterhaltungen',
    sightings: 'Auf diesem Computer gesehene Modelle',
    nudges: 'Hinweise',
    requests: 'Anfragen an die IT',
    runs: 'Läufe und gemessene Geschwindigkeiten',
    kept: 'Einstellungen, installierte Modelle, Lizenzen',
    log: 'Dieses Protokoll',
  },
  messages: (n) => plural(n, '1 Nachricht', `${n} Nachrichten`),
  conversationsOf: (n, messages) => `${n}, mit ${messages}`,
  sightingsFate: (open) =>
    open === '0'
      ? 'wird gelöscht'
      : `wird gelöscht; ${plural(open, 'was jetzt da ist, bleibt', `die ${open}, die jetzt da sind, bleiben`)} wie eben gesehen in der Liste`,
  requestsFate: (open) =>
    open === '0'
      ? 'wird gelöscht'
      : `wird gelöscht, außer ${plural(open, 'einer, die offen oder bewilligt ist', `${open}, die offen oder bewilligt sind`)}`,
  runsFate: (live) =>
    live === '0'
      ? 'wird gelöscht'
      : `wird gelöscht, außer ${plural(live, 'einem, der noch läuft', `${live}, die noch laufen`)}`,
  nudgesFate: 'wird gelöscht; Sie können erneut darauf hingewiesen werden',
  keptFate: 'bleibt: Canteen braucht es, um weiterzumachen',
  keptCount: 'wie Sie es in Canteen sehen',
  logFate: (organisation, until) =>
    until !== null
      ? `bleibt bis ${until}`
      : organisation !== null
        ? `bleibt, solange Canteen für ${organisation} eingerichtet ist`
        : 'bleibt, solange Canteen hier eingerichtet ist',
  logWhy: (organisation, until) =>
    `Das Protokoll lässt sich nicht löschen${until !== null ? `, bevor es ${until} ist` : `, solange Canteen ${organisation === null ? 'hier' : `für ${organisation}`} eingerichtet ist`}: Wer es leeren könnte, könnte verbergen, was geschah, vor Ihnen ebenso wie vor der IT. Es enthält keine Eingabe und keine Antwort. Wenn Sie gehen, entfernt „canteen purge“ es zusammen mit allem anderen.`,
  exportAll: 'Alles exportieren',
  exportAllText:
    'Ein neuer Ordner in Ihren Downloads: dieses Protokoll, Unterhaltungen, Anfragen, Hinweise, Einstellungen und alles Übrige, lesbar für Menschen und Programme, mit einer Erklärung.',
  exportedAll: (rows, path) =>
    `${rows} Datensätze wurden nach ${path} geschrieben. Der Ordner ist nicht verschlüsselt.`,
  delete: 'Meine Daten löschen …',
  deleteText: 'Unterhaltungen, Beobachtungen und Hinweise, beantwortete Anfragen und Messwerte.',
  deleteTitle: 'Ihre Daten löschen?',
  deleteIntro:
    'Das lässt sich nicht rückgängig machen. Exportieren Sie vorher alles, wenn Sie es noch brauchen könnten.',
  deleteGoes: 'Was gelöscht wird',
  deleteStays: 'Was bleibt',
  deleteYes: 'Löschen',
  deleting: 'Wird gelöscht …',
  deleted: 'Ihre Daten wurden gelöscht. Was es war, steht im Protokoll.',
  nothingToDelete: 'Zurzeit gibt es nichts zu löschen.',

  kinds: {
    'host.started': 'Canteen gestartet',
    'host.stopped': 'Canteen beendet',
    'catalogue.accepted': 'Katalog empfangen',
    'catalogue.refused': 'Katalog abgelehnt',
    'signatures.accepted': 'Wissen über Programme übernommen',
    'server.asked': 'Programm gefragt',
    'server.answered': 'Programm hat geantwortet',
    'licence.accepted': 'Lizenz angenommen',
    'model.installed': 'Modell installiert',
    'model.install_failed': 'Installation fehlgeschlagen',
    'model.removed': 'Modell entfernt',
    'file.altered': 'Datei verändert',
    'run.started': 'Lauf gestartet',
    'run.ended': 'Lauf beendet',
    'conversation.rewritten': 'Unterhaltung umgeschrieben',
    'conversation.exported': 'Unterhaltung exportiert',
    'answer.given': 'Antwort gegeben',
    'sighting.opened': 'Modell bemerkt',
    'sighting.resolved': 'Bemerktes Modell erledigt',
    'sighting.asked_to_end': 'Programm um Ende gebeten',
    'nudge.shown': 'Hinweis gezeigt',
    'nudge.answered': 'Hinweis beantwortet',
    'request.sent': 'Anfrage gestellt',
    'request.withdrawn': 'Anfrage zurückgezogen',
    'policy.refused': 'Von den Regeln nicht erlaubt',
    'log.verified': 'Protokoll geprüft',
    'log.exported': 'Protokoll exportiert',
    'data.exported': 'Alles exportiert',
    'data.deleted': 'Daten gelöscht',
    'settings.changed': 'Einstellung geändert',
  },

  sentences: {
    'host.started': (said: Said) =>
      `Canteen ${said.value('version')} ${word(HOSTS, said.value('host'))} gestartet`,
    'host.stopped': () => 'Canteen beendet',
    'catalogue.accepted': (said: Said) =>
      `Katalog ${said.count('version')} empfangen und seine Unterschriften geprüft (Regeln Version ${said.count('policy_version')})`,
    'catalogue.refused': (said: Said) => `Ein Katalog wurde abgelehnt; der letzte gute bleibt. ${said.cause}`,
    'signatures.accepted': (said: Said) =>
      `Was Ihre Organisation über Programme weiß, die Modelle ausführen, wurde übernommen (Version ${said.value('version')})`,
    'server.asked': (said: Said) =>
      `${said.value('program')} wurde an Port ${said.value('port')} dieses Computers gefragt, was es ist`,
    'server.answered': (said: Said) => {
      const answer = `${said.value('program')} hat an Port ${said.value('port')} geantwortet, es sei ${said.value('product')}`
      const to = said.value('forwards_to')
      return to === '' ? answer : `${answer} und leite an einen anderen Computer weiter, ${to}`
    },
    'licence.accepted': (said: Said) =>
      `Sie haben die Lizenz „${said.value('licence')}“ von ${said.model} angenommen`,
    'model.installed': (said: Said) =>
      `${said.model} installiert (Version ${said.value('version')}, ${word(HOWS, said.value('how'))}), Prüfsumme bestätigt`,
    'model.install_failed': (said: Said) => `${said.model} konnte nicht installiert werden. ${said.cause}`,
    'model.removed': (said: Said) => `${said.model} von diesem Computer entfernt`,
    'file.altered': (said: Said) =>
      `Die Datei von ${said.model} ist nicht die freigegebene; sie wurde nicht gestartet`,
    'run.started': (said: Said) =>
      `${said.model} gestartet (Version ${said.value('version')}), Prüfsumme bestätigt, ${word(SANDBOXES, said.value('enforcement.is'))}`,
    'run.ended': (said: Said) => `${said.model} beendet: ${said.ended}`,
    'answer.given': (said: Said) =>
      `${said.model} hat geantwortet: ${said.count('figures.prompt_tokens')} Tokens gelesen, ${said.count('figures.answer_tokens')} geschrieben, ${word(ENDS, said.value('end'))}`,
    'conversation.rewritten': (said: Said) =>
      `${plural(said.value('removed'), '1 Nachricht', `${said.count('removed')} Nachrichten`)} einer Unterhaltung ersetzt: ${word(REWRITES, said.value('why'))}`,
    'conversation.exported': (said: Said) =>
      `Sie haben eine Unterhaltung in Ihre Downloads exportiert (${word(FORMS, said.value('format'))})`,
    'sighting.opened': (said: Said) => `„${said.value('name')}“ in ${said.value('found_in')} bemerkt`,
    'sighting.resolved': (said: Said) =>
      `Ein bemerktes Modell steht nicht mehr auf der Liste: ${word(WHYS, said.value('why'))}`,
    'sighting.asked_to_end': (said: Said) =>
      `Die Frist für ${said.value('program')} war vorbei, es wurde gebeten, sich zu beenden: ${word(ASKED, said.value('outcome'))}`,
    'nudge.shown': (said: Said) =>
      said.value('by') === 'notification'
        ? 'Ein Hinweis wurde als Benachrichtigung gezeigt'
        : 'Ein Hinweis wurde im Fenster gezeigt',
    'nudge.answered': (said: Said) => `Ein Hinweis ist erledigt: ${word(ANSWERS, said.value('answer'))}`,
    'request.sent': (said: Said) =>
      `Sie haben um Freigabe von „${said.value('name')}“ für ${plural(said.value('days'), '1 Tag', `${said.value('days')} Tage`)} gebeten`,
    'request.withdrawn': () => 'Sie haben eine Anfrage zurückgezogen',
    'policy.refused': (said: Said) => `Von den Regeln nicht erlaubt. ${said.cause}`,
    'log.verified': (said: Said) =>
      `Dieses Protokoll wurde geprüft: ${said.count('rows')} Einträge, ${said.value('unbroken') === 'true' ? 'lückenlos' : 'unterbrochen'}`,
    'log.exported': (said: Said) =>
      `Sie haben dieses Protokoll exportiert: ${said.count('rows')} Einträge ${said.value('to') === 'downloads' ? 'in Ihre Downloads' : 'über die Befehlszeile'}`,
    'data.exported': () => 'Sie haben alles über Sie in Ihre Downloads exportiert',
    'data.deleted': (said: Said) =>
      `Sie haben Ihre Daten gelöscht: ${plural(said.value('conversations'), '1 Unterhaltung', `${said.count('conversations')} Unterhaltungen`)}, ${plural(said.value('nudges'), '1 Hinweis', `${said.count('nudges')} Hinweise`)}, ${plural(said.value('requests'), '1 Anfrage', `${said.count('requests')} Anfragen`)}, ${plural(said.value('runs'), '1 Lauf', `${said.count('runs')} Läufe`)}`,
    'settings.changed': (said: Said) => `Eine Einstellung wurde geändert: ${said.settings}`,
  },

  parts: {
    at: 'Zeit',
    version: 'Version',
    policy_version: 'Version der Regeln',
    host: 'Art des Starts',
    code: 'Grund',
    entry: 'Modell',
    licence: 'Lizenz',
    outcome: 'was daraus wurde',
    program: 'Programm',
    port: 'Port',
    product: 'was es nach eigenen Worten ist',
    forwards_to: 'anderer Computer',
    digest: 'Prüfsumme',
    how: 'Herkunft',
    run: 'Lauf',
    'enforcement.is': 'Einschluss',
    'enforcement.missing': 'Einschluss',
    reason: 'Grund',
    end: 'Art des Endes',
    'figures.prompt_tokens': 'gelesene Tokens',
    'figures.answer_tokens': 'geschriebene Tokens',
    'figures.first_token_ms': 'Zeit bis zum ersten Token',
    'figures.generation_ms': 'Zeit bis zum letzten Token',
    removed: 'Zahl der Nachrichten',
    format: 'Form',
    sighting: 'Beobachtung',
    name: 'Name',
    found_in: 'Ort',
    why: 'Grund',
    nudge: 'Hinweis',
    by: 'Weg',
    answer: 'Ihre Antwort',
    request: 'Anfrage',
    days: 'Tage',
    reasons: 'Gründe',
    rows: 'Zahl der Einträge',
    unbroken: 'Ergebnis',
    form: 'Form',
    to: 'Ziel',
    what: 'welche Einstellung',
    conversations: 'Zahlen',
    messages: 'Zahlen',
    sightings: 'Zahlen',
    evidence: 'Zahlen',
    nudges: 'Zahlen',
    requests: 'Zahlen',
    runs: 'Zahlen',
    catalogue_files: 'der Katalog',
    model_file: 'die Modelldatei',
    run_details: 'Einschluss und Geschwindigkeit im Einzelnen',
    conversation: 'der Text in Ihrer Unterhaltung',
    sighting_details: 'Pfad und Belege',
    nudge_text: 'Wortlaut des Hinweises',
    request_reason: 'Ihr Grund',
    setting_value: 'der Wert',
    exported_copy: 'die exportierte Kopie',
  },
  together: {
    'figures.prompt_tokens': 'Zahlen und Zeiten',
    'figures.answer_tokens': 'Zahlen und Zeiten',
    'figures.first_token_ms': 'Zahlen und Zeiten',
    'figures.generation_ms': 'Zahlen und Zeiten',
  },
  settingNames: {
    'nudges.paused_until': 'Pause der Hinweise',
    'catalogue.joined': 'Katalog',
    'managed by your organisation': 'von Ihrer Organisation verwaltet',
    language: 'Sprache',
    appearance: 'Darstellung',
    catalogue_layout: 'Anordnung des Katalogs',
    autostart: 'Start mit dem Desktop',
    idle_minutes: 'Zeit, bis ein Modell ruht',
    threads: 'Threads',
    instructions: 'Anweisungen für jede Unterhaltung',
    first_start_done: 'erster Start',
    ask_servers: 'Programme fragen, was sie sind',
    models_folder: 'Ordner der Modelle',
  },
}
