import {
  toFault,
  type Backend,
  type ChatEvent,
  type Conversation,
  type Fault,
  type Message,
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
  question: Message
  /** Id of the message that is being written, once it is known. */
  answer: string | null
  stopping: boolean
}

/** How long the last step may come after the result. */
const LAST_STEP_MS = 1_000
const STOPPED = 'runner.stopped_by_person'

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

  #backend: Backend
  #stream: Stream | null = $state.raw(null)

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
    const question = this.here ? this.#stream?.question : undefined
    if (question === undefined) return stored
    // Read in the middle of an answer: the question, or even both, are among the stored ones already.
    if (stored.some((message) => message.id === this.#stream?.answer)) return stored
    const last = stored.at(-1)
    return last?.role === 'user' && last.text === question.text ? stored : [...stored, question]
  }

  begin(): void {
    this.view = { conversation: null }
    this.stored = null
    this.fault = null
  }

  open(id: string): void {
    if (this.view.conversation === id) return
    this.view = this.#stream?.conversation === id ? this.#stream.view : { conversation: id }
    this.fault = null
    this.#read(id)
  }

  /** What is stored may have changed. Not in the middle of an answer: the end of it reads again. */
  refresh(): void {
    if (!this.here) void this.stored?.refresh()
  }

  /** Whether the message was taken: then the draft is empty. */
  async send(model: string): Promise<boolean> {
    const text = this.draft.trim()
    if (text === '' || this.busy) return false
    const token = this.#start(model, text)
    let heardEnd = () => {}
    const ended = new Promise<void>((resolve) => (heardEnd = resolve))
    try {
      await this.#backend.send({ conversation: this.conversation, model, text }, (step) => {
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
        if (this.phase?.is === 'starting' && this.here && this.draft === '') this.draft = text
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

  #start(model: string, text: string): symbol {
    const token = Symbol()
    const question: Message = {
      id: '',
      role: 'user',
      text,
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
      answer: null,
      stopping: false,
    }
    this.phase = { is: 'starting', state: 'requested' }
    this.written = ''
    this.fault = null
    this.draft = ''
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
      const last = known.messages.at(-1)
      const asked = last?.role === 'user' && last.text === stream.question.text ? [] : [stream.question]
      return { ...known, messages: [...known.messages, ...asked, message] }
    })
  }

  #read(id: string): void {
    const query = new Query(() => this.#backend.call('get_conversation', { id }))
    this.stored = query
    void query.refresh()
  }
}
