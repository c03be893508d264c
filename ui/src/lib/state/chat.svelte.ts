import {
  toFault,
  type Attachment,
  type Backend,
  type ChatEvent,
  type ChatSettings,
  type Conversation,
  type Fault,
  type Message,
  type SendMessage,
  type TokenCount,
} from '../backend'
import { Query } from './query.svelte'

/** How far the answer that is being written has got. */
export type Phase = { is: 'starting'; state: string } | { is: 'answering' }

/** What is open on the screen. An object of its own, so that a late answer knows whether it is still looked at. */
type View = { conversation: string | null }

/** The one answer that this window waits for. */
type Stream = {
  token: symbol
  view: View
  conversation: string | null
  model: string
  /** Nothing when an answer is given again. */
  question: Message | null
  /** This message went, with all that followed it. */
  replaces: string | null
  /** Id of the message that is being written, once it is known. */
  answer: string | null
  stopping: boolean
}

/** How long the last step may come after the result. */
const LAST_STEP_MS = 1_000
const STOPPED = 'runner.stopped_by_person'

/** Everything as the entry and the person's own settings say. */
export const AS_USUAL: ChatSettings = {
  instructions: null,
  temperature: null,
  top_p: null,
  top_k: null,
  max_answer_tokens: null,
  seed: null,
}

/** What is asked: words and files of the composer, or a message again. */
type Asked = { text: string; attachments: readonly Attachment[]; replaces: string | null; again: boolean }

const now = () => new Date(Date.now()).toISOString()

/**
 * One chat: what is open, what is being answered, and what went wrong. It outlives its screen, so that an answer goes on
 * while the person looks at something else.
 */
export class Chat {
  view: View = $state.raw({ conversation: null })
  /** The open conversation; `null` for a new one. */
  stored: Query<Conversation> | null = $state.raw(null)
  phase: Phase | null = $state.raw(null)
  /** What the answer says so far. */
  written = $state('')
  fault: Fault | null = $state.raw(null)
  draft = $state('')
  /** Files that go with the draft. */
  attachments: readonly Attachment[] = $state.raw([])
  /** The message that the draft will replace. */
  editing: Message | null = $state.raw(null)
  /** What was chosen for a conversation that does not exist yet. */
  chosen: ChatSettings = $state.raw(AS_USUAL)
  /** How long the conversation would be with the draft; `null` until that is known. */
  tokens: TokenCount | null = $state.raw(null)
  /** Conversations that are gone from the list and can still be brought back. */
  deleted: readonly string[] = $state.raw([])

  #backend: Backend
  #stream: Stream | null = $state.raw(null)
  #counting = 0

  constructor(backend: Backend) {
    this.#backend = backend
  }

  get conversation(): string | null {
    return this.view.conversation
  }

  /** An answer is being written, here or in another conversation. */
  get busy(): boolean {
    return this.#stream !== null
  }

  /** The answer being written belongs to what is open. */
  get here(): boolean {
    return this.#stream !== null && this.#stream.view === this.view
  }

  get stopping(): boolean {
    return this.#stream?.stopping ?? false
  }

  /** Model of the answer that is being written. */
  get answering(): string | null {
    return this.#stream?.model ?? null
  }

  /** Stored messages, and the question that is just being answered. */
  get messages(): Message[] {
    const stored = this.stored?.value?.messages ?? []
    const stream = this.here ? this.#stream : null
    if (stream === null) return stored
    // Read in the middle of an answer: the question, or even both, are among the stored ones already.
    if (stored.some((message) => message.id === stream.answer)) return stored
    const left = before(stored, stream.replaces)
    return stream.question === null ? left : asked(left, stream.question)
  }

  /** What holds for the open conversation. */
  get settings(): ChatSettings {
    return this.conversation === null ? this.chosen : (this.stored?.value?.settings ?? AS_USUAL)
  }

  begin(): void {
    this.#leave()
    this.view = { conversation: null }
    this.stored = null
    this.fault = null
    this.chosen = AS_USUAL
  }

  open(id: string): void {
    if (this.view.conversation === id) return
    this.#leave()
    this.view = this.#stream?.conversation === id ? this.#stream.view : { conversation: id }
    this.fault = null
    this.#read(id)
  }

  /** What is stored may have changed. Not in the middle of an answer: the end of it reads again. */
  refresh(): void {
    if (!this.here) void this.stored?.refresh()
  }

  /** Takes a message back into the composer. What follows it stays until it is sent. */
  edit(message: Message): void {
    if (message.role !== 'user' || message.id === '' || this.busy) return
    this.editing = message
    this.draft = message.text
    this.attachments = message.attachments
  }

  /** Edits the person's last message. Whether there is one. */
  editLast(): boolean {
    const last = this.messages.findLast((message) => message.role === 'user')
    if (last === undefined || this.busy) return false
    this.edit(last)
    return this.editing !== null
  }

  cancelEdit(): void {
    this.#leave()
  }

  /** An edited text belongs to its conversation; words that were just written go along. */
  #leave(): void {
    if (this.editing !== null) {
      this.draft = ''
      this.attachments = []
    }
    this.editing = null
    this.tokens = null
  }

  /** Whether the message was taken: then the draft is empty. */
  async send(model: string): Promise<boolean> {
    const text = this.draft.trim()
    if ((text === '' && this.attachments.length === 0) || this.busy) return false
    return this.#ask(model, {
      text,
      attachments: this.attachments,
      replaces: this.editing?.id ?? null,
      again: false,
    })
  }

  /** The last answer once more; where it failed and nothing of it was kept, the question. */
  async again(model: string): Promise<boolean> {
    const last = this.stored?.value?.messages.at(-1)
    if (last === undefined || this.busy || this.editing !== null) return false
    const question = last.role === 'user'
    return this.#ask(model, {
      text: question ? last.text : '',
      attachments: question ? last.attachments : [],
      replaces: last.id,
      again: true,
    })
  }

  /** Keeps what was chosen for the open conversation, or for the one that begins next. */
  async choose(settings: ChatSettings): Promise<void> {
    if (this.conversation === null) {
      this.chosen = settings
      return
    }
    await this.#backend.call('change_chat_settings', { id: this.conversation, settings })
    this.stored?.patch((known) => ({ ...known, settings }))
  }

  /** Asks how long the conversation would be with the draft. An older answer never takes the place of a newer one. */
  async count(model: string): Promise<void> {
    const asked = (this.#counting += 1)
    try {
      const tokens = await this.#backend.call(
        'count_tokens',
        this.#request(model, {
          text: this.draft.trim(),
          attachments: this.attachments,
          replaces: this.editing?.id ?? null,
          again: false,
        }),
      )
      if (asked === this.#counting) this.tokens = tokens
    } catch {
      // The number is a help; what is really wrong is said when the message is sent.
      if (asked === this.#counting) this.tokens = null
    }
  }

  #request(model: string, what: Asked): SendMessage {
    return {
      conversation: this.conversation,
      model,
      text: what.text,
      attachments: [...what.attachments],
      replaces: what.replaces,
      settings: this.conversation === null && this.chosen !== AS_USUAL ? this.chosen : null,
    }
  }

  async #ask(model: string, what: Asked): Promise<boolean> {
    const request = this.#request(model, what)
    const editing = this.editing
    const token = this.#start(model, what)
    let heardEnd = () => {}
    const ended = new Promise<void>((resolve) => (heardEnd = resolve))
    try {
      await this.#backend.send(request, (step) => {
        // Steps of an answer that is over belong to nobody.
        if (this.#stream?.token !== token) return
        this.#take(this.#stream, step)
        if (step.is === 'done' || step.is === 'failed') heardEnd()
      })
      // Steps and result come on two ways: the last step may arrive after the result.
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, LAST_STEP_MS))])
      if (this.#stream?.token === token) await this.#finish(this.#stream, null)
      return true
    } catch (reason) {
      const stream = this.#stream
      if (stream?.token === token) {
        // Refused before it was accepted: what was written goes back to where it can be sent again.
        if (this.phase?.is === 'starting' && this.here && !what.again && this.draft === '') {
          this.draft = what.text
          this.attachments = what.attachments
          this.editing = editing
        }
        const fault = toFault(reason)
        await this.#finish(stream, stream.stopping && fault.code === STOPPED ? null : fault)
      }
      return false
    }
  }

  /** Stops the answer, or the start of its model. */
  async stop(): Promise<void> {
    const stream = this.#stream
    if (stream === null || stream.stopping) return
    this.#stream = { ...stream, stopping: true }
    try {
      if (this.phase?.is === 'answering' && stream.conversation !== null) {
        await this.#backend.call('stop_answer', { id: stream.conversation })
      } else {
        await this.#stopStart(stream.model)
      }
    } catch (reason) {
      if (stream.view === this.view) this.fault = toFault(reason)
    }
  }

  async #stopStart(model: string): Promise<void> {
    const runs = await this.#backend.call('list_runs')
    const run = runs.find((run) => run.model === model && run.state !== 'ended')
    if (run !== undefined) await this.#backend.call('stop_run', { id: run.id })
  }

  #start(model: string, what: Asked): symbol {
    const token = Symbol()
    const empty = what.text === '' && what.attachments.length === 0
    const question: Message | null = empty
      ? null
      : {
          id: '',
          role: 'user',
          text: what.text,
          attachments: [...what.attachments],
          at: now(),
          model: null,
          end: null,
          prompt_tokens: null,
          answer_tokens: null,
          first_token_ms: null,
          speed: null,
        }
    this.#stream = {
      token,
      view: this.view,
      conversation: this.conversation,
      model,
      question,
      replaces: what.replaces,
      answer: null,
      stopping: false,
    }
    this.phase = { is: 'starting', state: 'requested' }
    this.written = ''
    this.fault = null
    if (!what.again) {
      this.draft = ''
      this.attachments = []
      this.editing = null
    }
    return token
  }

  #take(stream: Stream, step: ChatEvent): void {
    switch (step.is) {
      case 'starting':
        this.phase = { is: 'starting', state: step.state }
        break
      case 'accepted':
        this.phase = { is: 'answering' }
        this.#accepted({ ...stream, answer: step.answer }, step.conversation)
        break
      case 'piece':
        this.written += step.text
        break
      case 'done':
        void this.#finish(stream, null, step.message)
        break
      case 'failed':
        void this.#finish(stream, step.fault, step.message)
        break
    }
  }

  #accepted(stream: Stream, conversation: string): void {
    this.#stream = stream
    if (stream.conversation === conversation) return
    const view: View = { conversation }
    if (stream.view === this.view) {
      this.view = view
      this.#read(conversation)
    }
    this.#stream = { ...stream, view, conversation }
  }

  async #finish(stream: Stream, fault: Fault | null, message: Message | null = null): Promise<void> {
    const here = stream.view === this.view
    if (here && fault !== null) this.fault = fault
    if (here && message !== null) this.#append(stream, message)
    this.#stream = null
    this.phase = null
    this.written = ''
    if (here) await this.stored?.refresh()
  }

  /** The answer stands at once; reading again only confirms it, so nothing jumps. */
  #append(stream: Stream, message: Message): void {
    this.stored?.patch((known) => {
      // A quick answer may be among what was read while it was still on its way here.
      if (known.messages.some((kept) => kept.id === message.id)) return known
      const left = before(known.messages, stream.replaces)
      const all = stream.question === null ? left : asked(left, stream.question)
      return { ...known, messages: [...all, message] }
    })
  }

  #read(id: string): void {
    const query = new Query(() => this.#backend.call('get_conversation', { id }))
    this.stored = query
    void query.refresh()
  }
}

/** The messages in front of the one that is replaced. */
function before(messages: Message[], replaced: string | null): Message[] {
  const at = replaced === null ? -1 : messages.findIndex((message) => message.id === replaced)
  return at === -1 ? messages : messages.slice(0, at)
}

/** With the question at the end, unless it is stored there already. */
function asked(messages: Message[], question: Message): Message[] {
  const last = messages.at(-1)
  return last?.role === 'user' && last.text === question.text ? messages : [...messages, question]
}
