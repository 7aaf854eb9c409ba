import { mount } from 'svelte'
import App from './App.svelte'
import { watchPresses } from './logic/presses.ts'
import { clockTime } from './logic/time.ts'
import { session } from './state/session.svelte.ts'

// The main process answers while the rest is done.
void session.start()
watchPresses(window)
const target = document.getElementById('app')
if (target !== null) mount(App, { target })
// What makes the posts' times is there before the posts.
clockTime(Date.now())
