import './styles/fonts.css'
import './styles/tokens.css'
import './styles/base.css'
import { mount } from 'svelte'
import App from './App.svelte'
import { tauri } from './lib/backend/tauri'

const target = document.getElementById('app')
if (target !== null) mount(App, { target, props: { backend: tauri } })
