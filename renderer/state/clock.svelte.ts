/** The time, to the second, for words such as 'for 3 min'. */
class Clock {
  now = $state(Date.now())

  constructor () {
    setInterval(() => { this.now = Date.now() }, 1_000)
  }
}

export const clock = new Clock()
