import { expect, it } from 'vitest'
import { openDatabase } from '../../../main/store/worker/driver.ts'
import { APPLICATION_ID, MIGRATIONS } from '../../../main/store/worker/schema.ts'
import { createLocalStore, DRIVER, KEY, load, makePost, OLD_DRIVER, tempFolder } from '../../support/store.ts'

it.each([['the driver of a desktop', DRIVER], ['the one for older runtimes', OLD_DRIVER]])('a database of the first version keeps what was set for its topics, under %s', async (_, driverPath) => {
  const { folder, remove } = tempFolder()
  const path = `${folder}/posts.db`
  const db = openDatabase(load(driverPath), path, KEY)
  db.exec(MIGRATIONS[0] ?? '')
  db.exec(`insert into topic(id, muted, keep_days, unread) values('loud', 0, null, 0), ('quiet', 1, 30, 2); pragma application_id=${APPLICATION_ID}; pragma user_version=1`)
  db.close()

  for (let round = 0; round < 2; round++) {
    const store = createLocalStore({ path, module: load(driverPath) })
    expect(store.report).toEqual({})
    expect(store.topic('loud')).toMatchObject({ notify: 'mentions', keepDays: null })
    expect(store.topic('quiet')).toMatchObject({ notify: 'nothing', keepDays: 30, unread: 2 })
    expect((await store.append([makePost(round)])).posts).toHaveLength(1)
    await store.setTopic('loud', { notify: 'all' })
    expect(store.topic('loud').notify).toBe('all')
    await store.setTopic('loud', { notify: 'mentions' })
    await store.close()
  }
  remove()
})
