import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { tauri } from './lib/backend/tauri'

// A file that is dropped beside its place would replace the whole window by its content.
for (const kind of ['dragover', 'drop'] as const) {
  window.addEventListener(kind, (event) => event.preventDefault())
}

const target = document.getElementById('app')
if (target !== null) mount(App, { target, props: { backend: tauri } })
