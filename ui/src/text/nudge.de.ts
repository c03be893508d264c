import type { Text } from './shape'

const plural = (n: number, one: string, many: string) => (n === 1 ? one : many)

export const nudge: Text['nudge'] = {
  headline: {
    unapproved: (name) => `${name} ist noch nicht freigegeben`,
    approved_for_others: (name) => `${name} ist für andere freigegeben, für Sie noch nicht`,
    derivative: (name, of) =>
      of === null
        ? `${name} wurde aus einem freigegebenen Modell gemacht; dieses ist noch nicht freigegeben`
        : `${name} wurde aus ${of} gemacht, das freigegeben ist; dieses ist es noch nicht`,
    altered: (name, of) =>
      of === null
        ? `${name} ist eine veränderte Kopie eines freigegebenen Modells`
        : `${name} ist eine veränderte Kopie von ${of}`,
    recalled: (name) => `${name} wurde von der IT zurückgerufen`,
    dangerous: (name) => `${name} ist gefährlich: Die Datei kann Schaden anrichten`,
  },
  used: (holder) => `${holder} führt es gerade aus.`,
  found: (place) => `Es wurde hier gefunden: ${place}.`,
  where: (path, since) => `${path}, zuerst gesehen ${since}.`,
  ask: 'Sie können die Freigabe anfragen.',
  ready: (name) => `${name} ist für dieselbe Arbeit freigegeben und auf diesem Computer bereit.`,
  toFetch: (name, size) => `${name} ist für dieselbe Arbeit freigegeben; zu laden sind ${size}.`,
  because: {
    same_model: 'die freigegebene Form desselben Modells',
    same_work: (tasks) => `freigegeben für ${tasks}`,
    languages: (languages) => `kann ${languages}`,
    no_language: 'wurde nicht für Ihre Sprache gemacht',
    data: (data) => `darf bekommen: ${data}`,
    suits: {
      well: 'läuft hier gut',
      slowly: 'läuft hier, und Sie warten auf seine Worte',
      tightly: 'läuft hier mit wenig Speicherreserve',
    },
    measured: (speed) => `${speed} hier gemessen`,
    expected: (speed) => `etwa ${speed} hier zu erwarten`,
    licence: (licence) => `Lizenz ${licence}`,
    licence_to_accept: (licence) => `Lizenz ${licence}, zuerst anzunehmen`,
  },
  nothing: {
    nothing_approved: 'Für Sie ist noch nichts freigegeben.',
    other_work: 'Nichts, was freigegeben ist, taugt bisher für diese Arbeit.',
    not_for_data: 'Was für diese Arbeit freigegeben ist, darf solche Daten nicht bekommen.',
    needs_memory: (least) => `Was für diese Arbeit freigegeben ist, braucht mindestens ${least} Speicher.`,
  },
  deadline: {
    remind: (when) =>
      `Bitte nicht länger verwenden als bis: ${when}. Danach erinnert Canteen Sie noch einmal.`,
    stop: (when) =>
      `Bitte nicht länger verwenden als bis: ${when}. Danach bittet Canteen das Programm, sich zu beenden.`,
  },
  held: (by, until) =>
    until === null
      ? `Die Benachrichtigung wird zurückgehalten: ${by}.`
      : `Die Benachrichtigung wird zurückgehalten bis ${until}: ${by}.`,
  heldBy: {
    paused: 'Hinweise pausieren auf Ihren Wunsch',
    do_not_disturb: '„Nicht stören“ ist eingeschaltet',
    full_screen: 'ein Programm füllt den Bildschirm',
    screen_shared: 'der Bildschirm wird geteilt oder aufgenommen',
    camera: 'eine Kamera ist in Benutzung',
    microphone: 'ein Mikrofon ist in Benutzung',
    budget: 'dieser Arbeitstag hatte seine Benachrichtigung schon',
    repeat: 'dasselbe wurde vor Kurzem gesagt',
  },
  silence: 'Stumm schalten',
  silenceFor: {
    silence_day: (until) => `Für einen Tag, bis ${until}`,
    silence_week: (until) => `Für eine Woche, bis ${until}`,
    silence_month: (until) => `Für einen Monat, bis ${until}`,
  },
  silenced: (name, until) => `${name}: stumm bis ${until}`,
  later: (name, until) => `${name}: nächste Erinnerung ${until}`,
  resting: (n) => plural(n, '1 Hinweis ruht auf Ihren Wunsch', `${n} Hinweise ruhen auf Ihren Wunsch`),
  restsUntil: {
    silenced: (until) => `stumm bis ${until}`,
    snoozed: (until) => `kommt wieder: ${until}`,
  },
  reopen: 'Wieder zeigen',
  reopenNamed: (name) => `Den Hinweis zu ${name} wieder zeigen`,
  why: 'Warum sehe ich das?',
  whyOf: (name) => `Warum sehe ich das zu ${name}?`,
  facts: {
    rule: 'Regel',
    rung: 'Was sie erlaubt',
    id: 'Ihr Name',
    version: 'Fassung',
    signals: 'Anzeichen',
    held: 'Zurückgehalten',
    deadline: 'Frist',
    told: 'Was die IT erfahren hat',
  },
  rule: {
    unapproved: 'Modelle in Benutzung, die nicht im Katalog stehen',
    approved_for_others: 'Modelle in Benutzung, die für andere Gruppen freigegeben sind',
    derivative: 'Modelle in Benutzung, die aus einem freigegebenen gemacht wurden',
    altered: 'Dateien in Benutzung, die wie ein freigegebenes Modell aussehen und davon abweichen',
    recalled: 'Modelle, die die IT zurückgerufen hat',
    dangerous: 'Dateien in Benutzung, die beim Laden Schaden anrichten können',
  },
  rung: {
    record: 'Es wird hier aufgezeichnet, und nichts wird gesagt',
    badge: 'Es steht im Tray und in diesem Fenster',
    toast: 'Eine Benachrichtigung, und es steht im Tray und in diesem Fenster',
    deadline: 'Eine Benachrichtigung mit einer Frist, und es steht im Tray und in diesem Fenster',
    stop: 'Eine Benachrichtigung mit einer Frist; danach wird das Programm gebeten, sich zu beenden',
  },
  version: (version, by) => `${version}, festgelegt von ${by}`,
  defaults: 'Canteens Vorgaben',
  noSignals: 'keine',
  toldNothing: 'Nichts. Nichts von dem, was darüber aufgezeichnet ist, wurde an irgendjemanden gesendet.',
  told: (parts) => `Aus dem, was darüber aufgezeichnet ist: ${parts}.`,
  recorded: 'Darüber auf diesem Computer aufgezeichnet',
  sent: (parts) => `an die IT gesendet: ${parts}`,
  sentNothing: 'nichts an die IT gesendet',
  more: 'Im Protokoll steht noch mehr.',
  decided: 'Was Canteen damit macht',
  step: {
    nothing: 'Nichts: Es gibt keinen Anlass.',
    hold: (until) => `Sie erfahren es, wenn Hinweise nicht mehr ruhen: ${until}.`,
    badge: 'Es steht im Tray und in diesem Fenster.',
    notify: 'Eine Benachrichtigung sagt es Ihnen.',
    stop: 'Die Frist ist vorbei: Das Programm wird gebeten, sich zu beenden.',
    stays: 'Sie wurden darauf hingewiesen.',
  },
  quiet: {
    not_yet_known: 'Noch nichts: Die Bytes werden noch verglichen.',
    record_only: 'Es wird hier aufgezeichnet, und nichts wird gesagt: So wollen es die Regeln.',
    too_small: 'Nichts: Es ist kleiner, als die Regeln wichtig nehmen.',
    asked: 'Nichts: Sie haben die IT danach gefragt, und die Antwort steht aus.',
    granted: (until) => `Nichts: Die IT hat es bis ${until} erlaubt.`,
    not_in_use: 'Nichts: Es liegt da, und niemand benutzt es.',
    too_few_signals: (found, needed) =>
      `Nichts: ${found} von ${needed} Anzeichen, die es zur Gewissheit braucht.`,
    resting: (until) => `Nichts vor ${until}: Es ist aufgeschoben, stumm oder wurde vor Kurzem gesagt.`,
    said_with: 'Sie erfahren es mit einem anderen Ort desselben Modells.',
  },
  dispute: {
    not_a_model: 'Das ist kein Modell',
    not_me: 'Das bin nicht ich',
  },
  disputeNote:
    'Stimmt das nicht? Wenn Sie es sagen, bleibt es auf dieser Seite aufgeführt, und Canteen weist erst wieder darauf hin, wenn ein Programm es zu benutzen beginnt.',
  disputedAs: {
    not_a_model: 'Sie sagten: kein Modell',
    not_me: 'Sie sagten: nicht ich',
    disputed: 'Sie sagten: kein Modell, oder nicht Ihres',
  },

  outcomes: {
    tab: 'Hinweise',
    text: 'Was aus den Hinweisen auf diesem Computer wurde. Gezählt wird hier, wenn Sie nachsehen; gesendet wird es niemandem.',
    since: (day) => `Der älteste, der mitzählt, erschien am ${day}.`,
    period: 'Aus welcher Zeit',
    periods: { month: 'Letzte 30 Tage', all: 'Insgesamt' },
    table: 'Was aus Hinweisen wurde',
    what: 'Was daraus wurde',
    count: 'Hinweise',
    names: {
      shown: 'Gezeigt',
      acted: 'Von Ihnen beantwortet',
      moved: 'Sie haben ein freigegebenes Modell genommen',
      asked: 'Sie haben die Freigabe angefragt',
      disputed: 'Sie haben widersprochen',
      put_off: 'Sie haben ihn aufgeschoben',
      silenced: 'Sie haben ihn stumm geschaltet',
      closed: 'Sie haben ihn geschlossen',
      ignored: 'Keine Antwort',
      gone: 'Vor einer Antwort erledigt',
      waiting: 'Wartet auf eine Antwort',
    },
    models: 'Nach Modell',
    model: 'Modell',
    heads: {
      shown: 'Gezeigt',
      acted: 'Beantwortet',
      moved: 'Gewechselt',
      asked: 'Angefragt',
      disputed: 'Widersprochen',
      ignored: 'Keine Antwort',
    },
    noneNow: 'In den letzten 30 Tagen erschien kein Hinweis.',
    emptyTitle: 'Noch keine Hinweise',
    emptyText: 'Wenn Canteen Sie auf etwas hinweist, wird hier gezählt, was daraus wurde.',
  },
}
