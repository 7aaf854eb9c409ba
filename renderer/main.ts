import { mount } from 'svelte'
import App from './App.svelte'
import { session } from './state/session.svelte.ts'

const target = document.getElementById('app')
if (target !== null) mount(App, { target })
void session.start()
