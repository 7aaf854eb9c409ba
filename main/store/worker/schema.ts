import { DEFAULT_TOPIC_BYTES } from '../types.ts'
import { GONE_TABLES } from './gone.ts'
import { SEARCH_TABLES } from './search.ts'
import { STRANGER_TABLES } from './strangers.ts'
import { TREE_TABLES } from './tree.ts'

/** Marks our files among SQLite's: 'Natr' in ASCII (sqlite.org/fileformat.html, offset 68). */
export const APPLICATION_ID = 0x4e617472

/**
 * What each version adds to the one before it; `user_version` counts them.
 * Forward only: a number that was released is never changed again.
 *
 * `post.pos` is `Post.order`. `came` counts the posts of a topic as they came:
 * read marks and held marks are places in that count, so moving one costs the
 * same however many posts it passes. `idh` is what an id begins with: eight
 * bytes an entry instead of 32. All posts are found by id in the search index
 * (see `search.ts`); our own, which histories of others are held against, and
 * those that no stamp leads to, in indices here. `sent` is null on posts whose way is not known.
 * `topic.notify` is 0 for nothing, 1 for mentions, 2 for all.
 *
 * `topic.bytes` counts what its posts take on the disk (see `size.ts`), but for
 * those up to `uncounted` in the order of `came`, which an older version stored;
 * `max_bytes` is what it may take, 0: any. Posts with a stamp below `floor` are
 * not fetched again, nor those in `gone`, which are so many. `peer.since` is when
 * we first had something of a peer, 0: before there was this column; `holds` is
 * 1 where it is named in `holder` or `held_mark`.
 */
export const MIGRATIONS: readonly string[] = [`
create table topic(
  number integer primary key,
  id text not null unique,
  unread integer not null default 0,
  first_unread integer,
  newest_stamp integer not null default 0,
  muted integer not null default 0,
  keep_days integer,
  came integer not null default 0,
  read_came integer not null default 0);
create table peer(
  number integer primary key,
  id text not null unique,
  name text not null default '',
  heard integer not null default 0);
create index peer_by_heard on peer(heard) where name <> '';
create table post(
  pos integer primary key,
  topic integer not null,
  stamp integer,
  idh integer not null,
  id blob not null,
  author integer not null,
  name text not null,
  time integer not null,
  own integer not null,
  came integer not null,
  sent integer,
  held integer not null default 0,
  hubs integer not null default 0,
  text text not null,
  payload blob not null);
create index by_topic on post(topic);
create index by_stamp on post(topic, stamp, idh);
create index unstamped_by_id on post(idh) where stamp is null;
create index own_posts on post(topic, came) where own = 1;
create index own_by_id on post(idh) where own = 1;
create index queued_posts on post(topic) where own = 1 and sent = 0 and held = 0;
create table holder(post integer not null, peer integer not null, primary key(post, peer)) without rowid;
create table held_mark(topic integer not null, peer integer not null, came integer not null, primary key(topic, peer)) without rowid;
create table meta(name text primary key, value integer not null) without rowid;
insert into meta values('payload_bytes', 0);
${SEARCH_TABLES};
${TREE_TABLES};
`, `
alter table topic add column notify integer not null default 1;
update topic set notify = 0 where muted = 1;
alter table topic drop column muted;
`, `
alter table topic add column bytes integer not null default 0;
alter table topic add column max_bytes integer not null default ${String(DEFAULT_TOPIC_BYTES)};
alter table topic add column floor integer not null default 0;
alter table topic add column gone integer not null default 0;
alter table topic add column uncounted integer not null default 0;
update topic set uncounted = came;
alter table peer add column since integer not null default 0;
alter table peer add column holds integer not null default 0;
${GONE_TABLES};
${STRANGER_TABLES};
`]

/** Tables without which a database is not whole. */
export const TABLES: readonly string[] = ['topic', 'peer', 'post', 'holder', 'held_mark', 'meta']
