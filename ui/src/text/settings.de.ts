import type { Text } from './shape'

const plural = (n: number, one: string, many: string) => (n === 1 ? one : many)

export const settings: Text['settings'] = {
  title: 'Einstellungen',
  sub: 'Wie Canteen auf diesem Computer für Sie arbeitet.',
  sections: 'Teile der Einstellungen',
  section: {
    general: 'Allgemein',
    appearance: 'Darstellung',
    models: 'Modellordner',
    resources: 'Ressourcen',
    tools: 'API und Werkzeuge',
    privacy: 'Datenschutz',
    catalogue: 'Katalog',
    about: 'Über Canteen',
  },
  managed: (by) => `Festgelegt von ${by ?? 'Ihrer Organisation'}`,

  language: 'Sprache',
  languageHint: 'Für das Fenster, den Infobereich und Mitteilungen.',
  languages: { system: 'Wie das System', en: 'English', de: 'Deutsch' },
  autostart: 'Mit dem Computer starten',
  autostartHint: 'Canteen wartet im Infobereich und ist bereit, wenn Sie es brauchen.',
  instructions: 'Anweisungen für neue Unterhaltungen',
  instructionsHint:
    'Jede neue Unterhaltung beginnt mit diesen Worten, zum Beispiel damit, wie Antworten sein sollen.',
  instructionsLeft: (n, most) => `${n} von ${most} Zeichen`,
  save: 'Speichern',
  saved: 'Anweisungen gespeichert',
  firstSteps: 'Erste Schritte',
  firstStepsHint: 'Was Canteen ist, woher der Katalog kommt, und ein Modell für den Anfang.',
  showFirstSteps: 'Noch einmal zeigen',

  appearance: 'Hell oder dunkel',
  appearances: { system: 'Wie das System', light: 'Hell', dark: 'Dunkel' },
  layout: 'Katalog',
  layouts: { grid: 'Karten', list: 'Liste' },
  textSize: 'Schriftgröße',
  textSizeHint: 'Alles im Fenster wächst mit.',
  textSizeStep: (percent) => `${percent} %`,

  folder: 'Wo die Modelle liegen',
  folderAway:
    'Dieser Ordner ist gerade nicht da. Schließen Sie den Datenträger an, oder kehren Sie zum üblichen Ordner zurück.',
  folderUsed: 'Modelle',
  folderFree: 'Frei auf diesem Datenträger',
  folderUnknown: 'nicht bekannt',
  copyPath: 'Pfad kopieren',
  useUsual: 'Wieder den üblichen Ordner verwenden',
  move: 'In einen anderen Ordner verschieben',
  moveHint:
    'Die Modelle werden kopiert, und am neuen Ort wird jedes Byte geprüft; erst dann wechselt Canteen dorthin und entfernt die alten Dateien. Wählen Sie einen leeren oder neuen Ordner auf einem Datenträger dieses Computers.',
  movePath: 'Neuer Ordner',
  movePick: 'Ordner auswählen…',
  movePickTitle: 'Ordner für die Modelle auswählen',
  moveExample: '/media/disk/models',
  moveStart: 'Modelle verschieben',
  moveToUsual: 'Zurück in den üblichen Ordner verschieben',
  moving: (to) => `Wird verschoben nach ${to}`,
  moveProgress: 'Modelle werden verschoben',
  moveOf: 'von',
  moveChecking: 'Wird vorbereitet …',
  moveStopped: (to) => `Das Verschieben nach ${to} wurde unterbrochen. Ihre Modelle liegen, wo sie waren.`,
  moveGoOn: 'Fortsetzen',
  moveGiveUp: 'Aufgeben',
  moveWhile: 'Solange Modelle verschoben werden, kann keines gestartet, installiert oder entfernt werden.',

  threads: 'Prozessorkerne für ein Modell',
  threadsHint: 'Gilt für neue Läufe; ein Modell, das schon läuft, behält, was es hat.',
  threadsAutomatic: (n) => `Automatisch (${n})`,
  threadsNumber: (n) => plural(n, '1 Kern', `${n} Kerne`),
  idle: 'Ein ungenutztes Modell entladen nach',
  idleHint:
    'Es gibt seinen Speicher frei und wird von selbst wieder geladen, wenn Sie fragen. Das gilt auch für das, was jetzt läuft.',
  idleMinutes: (n) => plural(n, '1 Minute', `${n} Minuten`),
  idleHours: (n) => plural(n, '1 Stunde', `${n} Stunden`),

  tools: 'Ihre eigenen Werkzeuge',
  toolsText:
    'Ihre eigenen Werkzeuge können die Dateien installierter Modelle öffnen; der Ort jeder Datei steht auf der Seite des Modells.',
  toolsNone: 'Noch ist kein Modell installiert. Sobald eines da ist, steht es hier.',
  toolsOpen: (name) => `Datei von ${name} zeigen`,

  recorded: 'Was aufgezeichnet wird',
  recordedText:
    'Canteen zeichnet auf, was installiert, gestartet und angefragt wird, mit Zeiten und Zahlen. Ihre Worte und die Antworten bleiben verschlüsselt auf diesem Computer und werden dort nie aufgezeichnet.',
  recordedOpen: 'Alles lesen, was aufgezeichnet ist',
  nudges: 'Hinweise auf Modelle auf diesem Computer',
  nudgesText:
    'Canteen weist auf Modelle hin, die nicht freigegeben sind, und sagt, was Sie stattdessen verwenden können.',
  nudgesPause: 'Bis morgen pausieren',
  nudgesPaused: (until) => `Sie ruhen bis ${until}.`,
  nudgesResume: 'Pause beenden',
  askServers: 'Programme auf diesem Computer fragen, was sie sind',
  askServersHint:
    'Programme, die hier auf andere warten, werden je einmal gefragt, mit Fragen, die nichts verändern und diesen Computer nie verlassen. So steht neben einem Modell in Gebrauch, welches Programm es ist.',

  connection: 'Verbindung',
  organisation: 'Organisation',
  location: 'Veröffentlicht unter',
  version: 'Katalog',
  versionOf: (version, n) => `Version ${version}, ${plural(n, '1 Modell', `${n} Modelle`)}`,
  signedBy: 'Signiert von',
  root: 'Fingerabdruck der Stammdatei',
  checked: 'Zuletzt geprüft',
  expires: 'Signaturen laufen ab',
  joinedBy: 'Beigetreten durch',
  groups: 'Ihre Gruppen',
  noGroup: 'Keine: Modelle, die für einzelne Gruppen freigegeben sind, sind nicht für Sie',
  setBy: {
    managed: 'Ihre Organisation, für diesen Computer',
    preset: 'eine Einrichtung Ihrer Organisation',
    person: 'Sie',
  },
  notJoined: 'Dieser Computer ist keinem Katalog beigetreten.',
  managedMeans:
    'Verwaltet heißt: Die IT hat den Katalog für diesen Computer festgelegt. Er kann hier nicht geändert werden; fragen Sie die IT, wenn er nicht stimmt.',
  sync: 'Nach Aktualisierungen suchen',
  synced: 'Der Katalog ist aktuell',
  joinOther: 'Einem anderen Katalog beitreten',
  join: 'Einem Katalog beitreten',

  about: 'Canteen',
  aboutText: 'Freigegebene Sprachmodelle auf Ihrem eigenen Computer.',
  appVersion: 'Version',
  appHost: 'Läuft als',
  hosts: { tray: 'Programm im Infobereich', headless: 'Host im Hintergrund' },
  keyPlace: 'Schlüssel des Speichers',
  keyPlaces: { keyring: 'in Ihrem Schlüsselbund', passphrase: 'hinter Ihrer Passphrase' },
  licence: 'Lizenz',
  ownLicence: 'Apache-2.0',
  licences: 'Lizenzen aller Teile',
  licencesText: (n) => `Canteen besteht aus ${n} Teilen von vielen Menschen. Vielen Dank.`,
  licencesShow: 'Lizenzen zeigen',
  licencesSearch: 'Nach Name oder Lizenz suchen',
  licencesFound: (n) => `${n} Teile`,
  licencesNone: 'Kein Teil passt dazu.',
  diagnostics: 'Diagnose für die IT',
  diagnosticsText:
    'Versionen, Hardware, Zustände und Fehlercodes als ein Text. Er nennt keine Person, keine Datei und nichts, was Sie geschrieben haben. Lesen Sie ihn zuerst; gesendet wird nichts.',
  diagnosticsMake: 'Diagnose zeigen',
  diagnosticsLabel: 'Die Diagnose, wie sie gespeichert würde',
  diagnosticsSave: 'In Downloads speichern',
  diagnosticsSaved: (name) => `In Downloads gespeichert als ${name}`,
}

export const join: Text['join'] = {
  intro:
    'Die IT gibt Ihnen zweierlei: den Ort des Katalogs, und eine kleine Stammdatei, gegen die alles geprüft wird.',
  location: 'Ort des Katalogs',
  locationHint: 'Eine https-Adresse oder ein Ordner, wie die IT ihn geschrieben hat.',
  locationExample: 'https://models.example.org/catalogue',
  root: 'Stammdatei',
  rootPick: 'root.json auswählen',
  rootHint: 'Wählen Sie die Datei aus, oder fügen Sie ihren Text ein.',
  rootText: 'Text der Stammdatei',
  rootRead: (name) => `${name} wurde gelesen`,
  digest: 'Fingerabdruck der Stammdatei (optional)',
  digestHint: 'Wenn die IT Ihnen auf anderem Weg einen genannt hat, wird er verglichen.',
  submit: 'Beitreten',
  cancel: 'Abbrechen',
  problems: {
    location:
      'Schreiben Sie eine https-Adresse oder einen ganzen Pfad, zum Beispiel https://models.example.org/catalogue.',
    root: 'Das ist keine Stammdatei: Es muss der JSON-Text sein, den die IT Ihnen gegeben hat.',
    rootTooLong: 'Diese Datei ist zu lang für eine Stammdatei.',
    digest: 'Ein Fingerabdruck hat 64 Ziffern und Buchstaben von a bis f.',
  },
  joined: (organisation) => `Dem Katalog von ${organisation} beigetreten`,
}

export const firstStart: Text['firstStart'] = {
  title: 'Willkommen bei Canteen',
  step: (n, of) => `Schritt ${n} von ${of}`,
  steps: { what: 'Was Canteen ist', catalogue: 'Ihr Katalog', model: 'Ein erstes Modell' },
  next: 'Weiter',
  back: 'Zurück',
  skip: 'Erste Schritte überspringen',
  done: 'Loslegen',

  whatText:
    'Canteen führt Sprachmodelle, die Ihre Organisation freigegeben hat, auf diesem Computer aus. Sie chatten mit ihnen wie mit jedem Assistenten, und nichts, was Sie schreiben, verlässt den Computer.',
  yours: 'Nur für Sie',
  yoursText: 'Ihre Unterhaltungen bleiben hier, verschlüsselt. Niemand sonst liest sie, auch nicht die IT.',
  seen: 'Was die IT sieht',
  seenText:
    'Canteen zeichnet hier auf, welche freigegebenen Modelle Sie installieren und ausführen, und welche anderen Modelle auf diesem Computer liegen. Jeden Eintrag können Sie unter „Was die IT sieht“ lesen.',
  help: 'Kein Vorwurf',
  helpText:
    'Ist ein Modell noch nicht freigegeben, sagt Canteen Ihnen, welches es ist, und hilft Ihnen, Ihres anzufragen.',

  catalogueText: 'Der Katalog ist die signierte Liste der Modelle, die Ihre Organisation freigegeben hat.',
  catalogueOf: (organisation) => `Sie sind dem Katalog von ${organisation} beigetreten.`,
  catalogueWaiting: 'Für diesen Computer ist ein Katalog festgelegt; er wurde noch nicht geholt.',
  catalogueLater: 'Das geht auch später, in den Einstellungen.',

  modelText: (name) => `${name} passt zu diesem Computer und ist gut für den Anfang.`,
  modelNone:
    'Noch gibt es kein Modell zu empfehlen. Sobald der Katalog da ist, finden Sie alle Modelle dort.',
  modelHere: (name) => `${name} ist auf diesem Computer bereit.`,
  modelSize: 'Download',
  modelMemory: 'Arbeitsspeicher',
  modelFor: 'Gut für',
  modelOther: 'Alle Modelle zeigen',
}
