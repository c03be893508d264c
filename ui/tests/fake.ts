import type {
  AppEvent,
  Backend,
  ChatEvent,
  CommandName,
  RequestOf,
  ResultOf,
  SendMessage,
} from '../src/lib/backend'
import * as sample from './sample'
import * as ledger from './sample.ledger'

type Handlers = { [K in CommandName]?: (...request: RequestOf<K>) => ResultOf<K> | Promise<ResultOf<K>> }

/** One `send_message` that the window waits for: the test plays the host. */
export class SentMessage {
  constructor(
    readonly message: SendMessage,
    readonly step: (step: ChatEvent) => void,
    readonly resolve: () => void,
    readonly reject: (reason: unknown) => void,
  ) {}
}

/** The other end of the `Backend` interface, in memory. Tests only: the window that ships has Tauri's. */
export class FakeBackend implements Backend {
  calls: { name: string; request: unknown }[] = []
  sent: SentMessage[] = []
  handlers: Handlers
  #ears = new Set<(event: AppEvent) => void>()

  constructor(over: Handlers = {}) {
    this.handlers = {
      get_status: () => sample.status,
      list_models: () => sample.models,
      get_hardware: () => sample.hardware,
      suggest_models: () => sample.suggestions,
      get_model: ({ id }) => sample.page(sample.models.find((model) => model.id === id) ?? sample.model()),
      list_runs: () => sample.runs,
      list_run_samples: () => sample.runSamples,
      list_conversations: () => [sample.conversation.line],
      get_conversation: () => sample.conversation,
      search_conversations: () => ({ found: [], more: false }),
      get_chat_options: () => sample.chatOptions,
      count_tokens: () => sample.tokens,
      export_conversation: () => sample.saved('2026-11-24 Guide.md'),
      list_sightings: () => sample.computer,
      scan_now: () => sample.computer,
      list_nudges: () => [sample.nudge],
      get_nudge: () => ({ nudge: sample.nudge, recorded: ledger.log.slice(0, 2), more: false }),
      get_outcomes: () => sample.outcomes,
      list_requests: () => sample.requests,
      read_log: () => ({ rows: ledger.log, next: null }),
      get_log_entry: ({ seq }) =>
        ledger.entry(ledger.log.find((row) => row.seq === seq) ?? ledger.row({ seq })),
      get_ledger: () => ledger.ledger,
      verify_log: () => ledger.check,
      export_log: ({ form }) => ({ path: `~/Downloads/canteen-log-2026-11-24.${form}`, rows: 1284 }),
      export_data: () => ({ path: '~/Downloads/canteen-data-2026-11-24', rows: 2034 }),
      delete_data: () => ({
        conversations: 12,
        messages: 340,
        sightings: 6,
        evidence: 41,
        nudges: 3,
        requests: 3,
        runs: 57,
      }),
      sync_catalogue: () => sample.status.catalogue,
      initial_screen: () => null,
      get_settings: () => sample.settings,
      get_models_folder: () => sample.modelsFolder,
      get_connection: () => sample.connection,
      get_diagnostics: () => ({ text: '{\n  "canteen": { "version": "0.1.0" }\n}' }),
      save_diagnostics: () => sample.saved('canteen-diagnostics-20261124T094112.json'),
      join_organisation: () => sample.status.catalogue,
      change_settings: (change) => sample.changed(change),
      ...over,
    }
  }

  async call<K extends CommandName>(name: K, ...request: RequestOf<K>): Promise<ResultOf<K>> {
    this.calls.push({ name, request: request[0] })
    const handler = this.handlers[name]
    if (handler === undefined) return null as ResultOf<K>
    return handler(...request)
  }

  send(message: SendMessage, onStep: (step: ChatEvent) => void): Promise<void> {
    return new Promise((resolve, reject) => this.sent.push(new SentMessage(message, onStep, resolve, reject)))
  }

  async listen(onEvent: (event: AppEvent) => void): Promise<() => void> {
    this.#ears.add(onEvent)
    return () => this.#ears.delete(onEvent)
  }

  emit(event: AppEvent): void {
    for (const ear of this.#ears) ear(event)
  }

  asked(name: CommandName): unknown[] {
    return this.calls.filter((call) => call.name === name).map((call) => call.request)
  }
}
