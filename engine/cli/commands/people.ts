// `tropa export` and `tropa erase`: all about a person as one document, and all of it removed for good, after asking.

import { writeFile } from 'node:fs/promises';
import { TropaError } from '../../language/errors.ts';
import type { JsonObject } from '../../language/values.ts';
import { ask } from '../ask.ts';
import { confirmed } from '../confirm.ts';
import type { Context } from '../context.ts';
import { printJson, say, visible } from '../print.ts';
import type { Command } from './asking.ts';

export const erase: Command = async (context, [profile = ''], options) => {
  const { config, adapters, json } = context;
  const who = (await ask(config, adapters, 'whois', { profile })) as JsonObject;
  if (options.yes !== true && !(await asked(who))) {
    console.error('Nobody was erased.');
    return 1;
  }
  const gone = (await ask(config, adapters, 'erase', { profile: String(who.person) })) as JsonObject;
  if (json) printJson(gone);
  else say(words(gone));
  return gone.scrubbed === true ? 0 : 1;
};

function asked({ profile, identities }: JsonObject): Promise<boolean> {
  const names = visible((identities as string[]).join(', '));
  return confirmed(
    `This removes ${visible(String(profile))} (${names}) for good. It cannot be taken back; backups keep them.`,
    'Erase?',
  );
}

function words({ profile, events, journal, messages, mails, scrubbed }: JsonObject): string {
  const parts = [
    `${String(profile)} is erased: ${String(events)} events, ${String(journal)} journal lines and ${String(mails)} mails are gone,`,
    `${String(messages)} messages count on without them. Backups made before still hold them.`,
  ];
  if (scrubbed !== true)
    parts.push(
      'A backup is under way, so the files may still hold bytes of theirs: run `tropa scrub` when it has ended.',
    );
  return parts.join(' ');
}

/** Makes what was deleted unreadable in the files, where a backup was in the way. */
export async function scrub({ config, adapters, json }: Context): Promise<number> {
  const answer = (await ask(config, adapters, 'scrub', {})) as JsonObject;
  if (json) printJson(answer);
  else
    say(
      answer.scrubbed === true
        ? 'What was deleted cannot be read any more.'
        : 'Somebody still reads an older state (a backup): try again when it has ended.',
    );
  return answer.scrubbed === true ? 0 : 1;
}

/** Prints the document, or writes it into a file that is not there yet. With --json it is one line. */
export const exportPerson: Command = async ({ config, adapters, json }, [profile = ''], options) => {
  const document = await ask(config, adapters, 'export', { profile });
  const text = JSON.stringify(document, null, json ? 0 : 2);
  if (typeof options.file !== 'string') {
    // JSON writes most control characters out already, so a terminal obeys nothing of it.
    console.log(text.replace(/[\u007f-\u009f]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`));
    return 0;
  }
  await writeFile(options.file, `${text}\n`, { flag: 'wx', mode: 0o600 }).catch((error: Error) => {
    throw new TropaError('E_CONFIG', `${String(options.file)} cannot be written (${error.message}). Name a new file.`);
  });
  console.error(`Written to ${options.file}.`);
  return 0;
};
