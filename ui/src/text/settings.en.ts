const plural = (n: number, one: string, many: string) => (n === 1 ? one : many)

/** The settings screen. */
export const settings = {
  title: 'Settings',
  sub: 'How Canteen works for you on this computer.',
  sections: 'Parts of the settings',
  section: {
    general: 'General',
    appearance: 'Appearance',
    models: 'Models folder',
    resources: 'Resources',
    tools: 'API and tools',
    privacy: 'Privacy',
    catalogue: 'Catalogue',
    about: 'About',
  },
  managed: (by: string | null) => `Set by ${by ?? 'your organisation'}`,
  managedBroken:
    'Your organisation’s settings for this computer cannot be read. What they said before stays in force.',

  language: 'Language',
  languageHint: 'For the window, the tray and messages.',
  languages: { system: 'As the system', en: 'English', de: 'Deutsch' },
  autostart: 'Start with the computer',
  autostartHint: 'Canteen waits in the tray, ready when you need it.',
  instructions: 'Instructions for new conversations',
  instructionsHint: 'Every new conversation begins with these words, for example how you like answers to be.',
  instructionsLeft: (n: string, most: string) => `${n} of ${most} characters`,
  save: 'Save',
  saved: 'Instructions saved',
  firstSteps: 'First steps',
  firstStepsHint: 'What Canteen is, where its catalogue comes from, and a model to begin with.',
  showFirstSteps: 'Show them again',

  appearance: 'Light or dark',
  appearances: { system: 'As the system', light: 'Light', dark: 'Dark' },
  layout: 'Catalogue',
  layouts: { grid: 'Cards', list: 'List' },
  textSize: 'Text size',
  textSizeHint: 'Everything in the window grows with it.',
  textSizeStep: (percent: string) => `${percent} %`,

  folder: 'Where the models lie',
  folderAway: 'This folder is not there now. Connect its disk, or go back to the usual folder.',
  folderUsed: 'Models',
  folderFree: 'Free on this disk',
  folderUnknown: 'not known',
  copyPath: 'Copy path',
  useUsual: 'Use the usual folder again',
  move: 'Move to another folder',
  moveHint:
    'Models are copied and every byte is checked in the new place; only then does Canteen switch over and remove the old files. Choose an empty or new folder on a disk of this computer.',
  movePath: 'New folder',
  moveExample: '/media/disk/models',
  moveStart: 'Move the models',
  moveToUsual: 'Move back to the usual folder',
  moving: (to: string) => `Moving to ${to}`,
  moveProgress: 'Moving the models',
  moveOf: 'of',
  moveChecking: 'Preparing…',
  moveStopped: (to: string) => `The move to ${to} was interrupted. Your models are where they were.`,
  moveGoOn: 'Go on',
  moveGiveUp: 'Give up',
  moveWhile: 'While models are moved, none can be started, installed or removed.',

  threads: 'Processor cores for a model',
  threadsHint: 'A new run uses them; a model that runs already keeps what it has.',
  threadsAutomatic: (n: number) => `Automatic (${n})`,
  threadsNumber: (n: number) => plural(n, '1 core', `${n} cores`),
  idle: 'Unload an unused model after',
  idleHint: 'It frees its memory and loads again by itself when you ask. This also counts for what runs now.',
  idleMinutes: (n: number) => plural(n, '1 minute', `${n} minutes`),
  idleHours: (n: number) => plural(n, '1 hour', `${n} hours`),

  tools: 'Your own tools',
  toolsText:
    'Your own tools can open the files of installed models; the place of each file stands on the model’s page.',
  toolsNone: 'No model is installed yet. Once one is, it is listed here.',
  toolsOpen: (name: string) => `Show the file of ${name}`,

  recorded: 'What is recorded',
  recordedText:
    'Canteen records what is installed, started and asked for, with times and counts. Your words and the answers stay encrypted on this computer and are never recorded there.',
  recordedOpen: 'Read everything that is recorded',
  nudges: 'Nudges about models on this computer',
  nudgesText: 'Canteen points out models that are not approved, with what you can use instead.',
  nudgesPause: 'Pause until tomorrow',
  nudgesPaused: (until: string) => `They rest until ${until}.`,
  nudgesResume: 'End the pause',

  connection: 'Connection',
  organisation: 'Organisation',
  location: 'Published at',
  version: 'Catalogue',
  versionOf: (version: string, n: number) => `version ${version}, ${plural(n, '1 model', `${n} models`)}`,
  signedBy: 'Signed by',
  root: 'Fingerprint of the root',
  checked: 'Last checked',
  expires: 'Signatures expire',
  joinedBy: 'Joined by',
  setBy: {
    managed: 'your organisation, for this computer',
    preset: 'a set-up of your organisation',
    person: 'you',
  } as Readonly<Record<string, string>>,
  notJoined: 'This computer has not joined a catalogue.',
  managedMeans:
    'Managed means that IT has set the catalogue for this computer. It cannot be changed here; ask IT if it is wrong.',
  sync: 'Check for updates',
  synced: 'The catalogue is up to date',
  joinOther: 'Join another catalogue',
  join: 'Join a catalogue',

  about: 'Canteen',
  aboutText: 'Approved language models on your own computer.',
  appVersion: 'Version',
  appHost: 'Runs as',
  hosts: { tray: 'tray app', headless: 'background host' } as Readonly<Record<string, string>>,
  keyPlace: 'Key of the store',
  keyPlaces: { keyring: 'in your keyring', passphrase: 'behind your passphrase' } as Readonly<
    Record<string, string>
  >,
  licence: 'Licence',
  ownLicence: 'Apache-2.0',
  licences: 'Licences of all parts',
  licencesText: (n: string) => `Canteen is made of ${n} parts by many people. Thank you.`,
  licencesShow: 'Show the licences',
  licencesSearch: 'Search by name or licence',
  licencesFound: (n: string) => `${n} parts`,
  licencesNone: 'No part matches.',
  diagnostics: 'Diagnostics for IT',
  diagnosticsText:
    'Versions, hardware, states and error codes as one text. It names no person, no file and nothing that you wrote. Read it first; nothing is sent.',
  diagnosticsMake: 'Show the diagnostics',
  diagnosticsLabel: 'The diagnostics, as they would be saved',
  diagnosticsSave: 'Save to Downloads',
  diagnosticsSaved: (name: string) => `Saved to Downloads as ${name}`,
}

/** Joining a catalogue by hand: in the first steps and in the settings. */
export const join = {
  intro:
    'IT gives you two things: the place of the catalogue, and a small root file that everything is checked against.',
  location: 'Place of the catalogue',
  locationHint: 'An https address or a folder, as IT wrote it.',
  locationExample: 'https://models.example.org/catalogue',
  root: 'Root file',
  rootPick: 'Choose root.json',
  rootHint: 'Choose the file, or paste its text.',
  rootText: 'Text of the root file',
  rootRead: (name: string) => `${name} was read`,
  digest: 'Fingerprint of the root file (optional)',
  digestHint: 'If IT told you one by another way, it is compared.',
  submit: 'Join',
  cancel: 'Cancel',
  problems: {
    location: 'Write an https address or a whole path, for example https://models.example.org/catalogue.',
    root: 'This is not a root file: it must be the JSON text that IT gave you.',
    rootTooLong: 'This file is too long for a root file.',
    digest: 'A fingerprint has 64 digits and letters from a to f.',
  },
  joined: (organisation: string) => `Joined ${organisation}`,
}

/** The first start. */
export const firstStart = {
  title: 'Welcome to Canteen',
  step: (n: number, of: number) => `Step ${n} of ${of}`,
  steps: { what: 'What Canteen is', catalogue: 'Your catalogue', model: 'A first model' },
  next: 'Next',
  back: 'Back',
  skip: 'Skip the first steps',
  done: 'Begin',

  whatText:
    'Canteen runs language models that your organisation has approved, on this computer. You chat with them as with any assistant, and nothing you type leaves the computer.',
  yours: 'Yours alone',
  yoursText: 'Your conversations stay here, encrypted. Nobody else reads them, IT included.',
  seen: 'What IT sees',
  seenText:
    'Canteen records here which approved models you install and run, and which other models lie on this computer. You can read every entry under “What IT sees”.',
  help: 'No blame',
  helpText: 'If a model is not approved yet, Canteen tells you which one is, and helps you to ask for yours.',

  catalogueText: 'The catalogue is the signed list of models that your organisation has approved.',
  catalogueOf: (organisation: string) => `You have joined the catalogue of ${organisation}.`,
  catalogueWaiting: 'A catalogue is set for this computer; it has not been fetched yet.',
  catalogueLater: 'You can also do this later, in the settings.',

  modelText: (name: string) => `${name} suits this computer and is a good one to begin with.`,
  modelNone:
    'There is no model to recommend yet. You find all models in the catalogue as soon as it is there.',
  modelHere: (name: string) => `${name} is ready on this computer.`,
  modelSize: 'Download',
  modelMemory: 'Memory',
  modelFor: 'Good for',
  modelOther: 'Show all models',
}
