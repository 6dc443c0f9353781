// The command line: which commands there are, their options, and how they end (0 fine, 1 findings, 2 cannot run).

import { Command, CommanderError, Option } from 'commander';
import type { Env } from '../config.ts';
import { ERRORS, type Fault, formatFault, TropaError } from '../language/errors.ts';
import type { Adapters } from './adapters.ts';
import type { Context } from './context.ts';
import { visible } from './print.ts';

/** A command's work; its answer is the exit status. */
type Work = (context: Context, args: readonly string[], options: Record<string, unknown>) => Promise<number>;

const LATER = ['pull', 'prove', 'replay', 'diff', 'migrate'];

const VERSION = '0.1.0';
const AFTER_HELP = `
Every command exits with 0 (fine), 1 (findings) or 2 (cannot run), and has --help of its own.
Settings of the environment: TROPA_DATA TROPA_WORKSPACE PORT HOST PUBLIC_URL TROPA_SECRET MONGODB_URL REDIS_URL LOG_LEVEL RETENTION METRICS_TOKEN.`;

/** Runs one command line; answers the status to exit with. */
export async function run(argv: readonly string[], env: Env, adapters: Adapters): Promise<number> {
  let status = 0;
  const program = new Command('tropa')
    .description('Customer journeys across email, SMS and push.')
    .version(VERSION)
    .exitOverride()
    .showSuggestionAfterError()
    .addHelpText('after', AFTER_HELP);
  const add = (
    usage: string,
    about: string,
    load: () => Promise<Work>,
    shape: (command: Command) => Command = (command) => command,
  ) => {
    const command = shape(program.command(usage).description(about))
      .option('--data <dir>', 'folder of the embedded store (TROPA_DATA, ./data)')
      .option('--workspace <dir>', 'folder of the workspace (TROPA_WORKSPACE, ./journeys)')
      .option('--json', 'one JSON object a line')
      .exitOverride();
    command.action(async () => {
      const options = command.opts<Record<string, unknown>>();
      // Loaded here, because nobody should wait for it who only asks for help.
      const { readConfig } = await import('../config.ts');
      const config = readConfig(env, {
        ...(typeof options.data === 'string' && { data: options.data }),
        ...(typeof options.workspace === 'string' && { workspace: options.workspace }),
      });
      status = await (await load())({ config, adapters, json: options.json === true }, command.args, options);
    });
  };
  addAuthoring(add);
  addRunning(add);
  addLooking(add);
  addSources(add);
  addPeople(add);
  for (const name of LATER) {
    program
      .command(`${name} [args...]`, { hidden: true })
      .allowUnknownOption()
      .action(() => {
        throw new TropaError('E_BAD_REQUEST', `\`tropa ${name}\` is not available in this version.`);
      });
  }
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    status = ended(error, argv.includes('--json'), env.LOG_LEVEL === 'debug' || env.LOG_LEVEL === 'trace');
  }
  return status;
}

type Add = (usage: string, about: string, load: () => Promise<Work>, shape?: (command: Command) => Command) => void;

function addAuthoring(add: Add): void {
  const authoring = () => import('./commands/authoring.ts');
  add('init <dir>', 'make a new workspace', async () => (await authoring()).init);
  add(
    'check [path]',
    'every fault of a workspace at once',
    async () => (await authoring()).check,
    (command) => command.option('--strict', 'a warning alone exits 1'),
  );
  add('test [path]', 'run the specs, in virtual time', async () => (await authoring()).test);
  add(
    'bounce <files...>',
    'what returned mails mean; - reads one from stdin',
    async () => (await import('./commands/bounce.ts')).bounce,
  );
  add('push <action>', 'keys: make a pair of VAPID keys', async () => (await import('./commands/push.ts')).push);
  add('schema [kind]', 'print the JSON Schema of journey, settings or spec', async () => (await authoring()).schema);
  add(
    'machine <journey>',
    'print the compiled machine',
    async () => (await authoring()).machine,
    (command) => command.option('--mermaid', 'as a Mermaid diagram'),
  );
  add(
    'simulate <journey>',
    'what would happen, in virtual time',
    async () => (await import('./commands/simulating.ts')).simulate,
    (command) =>
      command
        .option('--profile <file>', "one person's story: a YAML or JSON file with a profile")
        .option('--people <n>', 'how many invented people', '100')
        .option('--days <n>', 'how many days', '14'),
  );
}

function addRunning(add: Add): void {
  const asking = () => import('./commands/asking.ts');
  add(
    'serve',
    'doors, engine and inbox in one process',
    async () => (await import('./commands/serving.ts')).serveCommand,
    (command) => command.option('--watch', 'deploy on save').option('--no-engine', 'doors only'),
  );
  add(
    'worker',
    'the engine alone, beside others, on a store that many share (MONGODB_URL)',
    async () => (await import('./commands/serving.ts')).workerCommand,
  );
  add('deploy [journey]', "take the workspace's versions into the store", async () => (await asking()).deploy);
  add('pause <journey>', 'hold timers and sending', async () => (await asking()).pause);
  add(
    'resume <journey>',
    'go on',
    async () => (await asking()).resume,
    (command) => command.option('--expire', 'drop what ran out meanwhile'),
  );
  add('archive <journey>', 'nobody new enters', async () => (await asking()).archive);
  add(
    'start <journey>',
    'start people',
    async () => (await asking()).start,
    (command) =>
      command
        .option('--profile <id>', 'one person')
        .option('--segment <name>', 'everybody in a segment')
        .option('--key <key>', 'the enrollment key')
        .option('--trigger <json>', 'data of the trigger')
        .option('--dry-run', 'only count who would start, and why the others would not'),
  );
  add(
    'send <target>',
    'send a test message: a JOURNEY (each of its messages), JOURNEY/TEMPLATE or TEMPLATE',
    async () => (await import('./commands/sending.ts')).send,
    (command) =>
      command
        .requiredOption('--to <id>', 'whom')
        .option('--yes', 'without asking, where it really leaves')
        .option('--trigger <json>', "data of the trigger; without it the person's latest event"),
  );
  add('resolve <message> <as>', 'settle an unknown message: sent or resend', async () => (await asking()).resolve);
  add('retry <target>', 'drive again what stands still: of a profile or a journey', async () => (await asking()).retry);
  add(
    'user <how> <email>',
    'add somebody who may use the dashboard, or reset their password: prints a link, once',
    async () => (await asking()).user,
    (command) => command.option('--role <role>', 'viewer, author or admin'),
  );
  add('sender <how> <name>', 'pause or resume a sender', async () => (await asking()).sender);
  add(
    'move',
    'carry the data folder into the store that many share (MONGODB_URL); goes on where it was cut short',
    async () => (await import('./commands/moving.ts')).move,
  );
  add('backup <file>', 'write a consistent copy of the store', async () => (await asking()).backup);
  add(
    'restore [file]',
    'begin from a backup, sending held; without a file, with --release, let held sending go on',
    async () => (await import('./commands/restoring.ts')).restore,
    (command) =>
      command
        .option('--release', 'with a file: hold nothing; without: send what was due, and go on')
        .option('--expire', 'with --release: drop what was due before the restore'),
  );
}

function addSources(add: Add): void {
  add(
    'source <action> <name> [file]',
    'test NAME FILE: what a webhook body becomes; show NAME: what came in; reconcile NAME: fetch what webhooks did not tell',
    async () => (await import('./commands/source.ts')).source,
    (command) =>
      command
        .option('--topic <topic>', 'test: of which topic the body is: orders/create')
        .option(
          '--header <line>',
          'test: a header it came with, as often as one likes: "X-Shopify-Hmac-Sha256: …"',
          (line: string, before: string[]) => [...before, line],
          [],
        )
        .option('--since <length>', 'reconcile: how far back: 1d')
        .option('--limit <n>', 'show: how many', '20'),
  );
}

function addPeople(add: Add): void {
  const people = () => import('./commands/people.ts');
  add(
    'import <file>',
    'a CSV of people: told once each, the same file goes on where it stopped; starts no journey without --start',
    async () => (await import('./commands/importing.ts')).importFile,
    (command) =>
      command
        .option(
          '--map <columns>',
          'what columns become: "Mail=email,Size=shoe_size:text,#4=-", as often as one likes',
          (text: string, before: string[]) => [...before, text],
          [],
        )
        .option('--start', 'journeys may start by it')
        .option('--confirmed', 'each yes of the list was confirmed by mail already')
        .option('--dry-run', 'only say what would be taken; nothing is stored')
        .option('--source <name>', 'where the list is from, kept as proof beside each consent', 'import')
        .option('--country <code>', 'of telephone numbers that do not say theirs: RU')
        .option('--encoding <name>', 'of the file, where it is guessed wrong: windows-1257')
        .option('--again', 'read a file once more that was imported already'),
  );
  add(
    'erase <profile>',
    'remove a person for good',
    async () => (await people()).erase,
    (command) => command.option('--yes', 'without asking'),
  );
  add(
    'export <profile>',
    'all about a person, as one JSON document',
    async () => (await people()).exportPerson,
    (command) => command.option('--file <file>', 'into a new file that only its owner may read'),
  );
  add(
    'scrub',
    'make what was deleted unreadable in the files, where a backup was in the way',
    async () => (await people()).scrub,
  );
  add(
    'suppress [address]',
    'leave an address in peace, whatever anybody allows; list those, or let go of one',
    async () => (await import('./commands/suppressing.ts')).suppress,
    (command) =>
      command
        .option('--channel <channel>', 'email, sms or push; by default what the address looks like')
        .option('--reason <text>', 'why, for whoever looks later', 'operator')
        .option('--file <file>', "one address a line, or a CSV's first column")
        .option('--list', 'all of them')
        .option('--lift <address>', 'let it be written to again'),
  );
}

function addLooking(add: Add): void {
  const looking = () => import('./commands/looking.ts');
  add('explain <profile> [journey]', 'why somebody is where they are', async () => (await looking()).explain);
  add('stats [journey]', 'figures', async () => (await looking()).stats);
  add('audit', 'recount every figure from the ledger', async () => (await looking()).audit);
  add('faults', 'what stands still, and why', async () => (await looking()).faults);
  add(
    'doctor [url]',
    "what is wrong here; with the address of a shop's service worker, whether it loads ours",
    async () => (await looking()).doctor,
  );
  add(
    'inbox [action] [message] [value]',
    "the sandbox's messages; open, click, reply, bounce or unsubscribe one",
    async () => (await import('./commands/inbox.ts')).inbox,
    (command) =>
      command.option('--follow', 'go on as they come').addOption(new Option('--limit <n>', 'how many').default('50')),
  );
}

const FINE = new Set(['commander.helpDisplayed', 'commander.help', 'commander.version']);

/** Says what went wrong, once, with its code and remedy; Commander has said its own already. */
function ended(error: unknown, json: boolean, traced: boolean): number {
  if (error instanceof CommanderError) return FINE.has(error.code) ? 0 : 2;
  if (isCheckFailed(error)) for (const fault of error.faults) console.error(visible(formatFault(fault)));
  const { code, message } = named(error);
  if (json) console.log(JSON.stringify({ code, message }));
  else console.error(visible(`${code} ${message}`));
  if (traced && error instanceof Error) console.error(error.stack);
  return ERRORS[code]?.exit ?? 2;
}

function named(error: unknown): { code: string; message: string } {
  if (error instanceof TropaError) return { code: error.code, message: error.message };
  return { code: 'E_INTERNAL', message: error instanceof Error ? error.message : String(error) };
}

/** Known by what it carries: its own file would bring half the engine along. */
function isCheckFailed(error: unknown): error is TropaError & { readonly faults: readonly Fault[] } {
  return error instanceof TropaError && 'faults' in error && Array.isArray(error.faults);
}
