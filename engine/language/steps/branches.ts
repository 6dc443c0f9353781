// `if`, `choose`, `split`, `repeat`: the verbs that hold other steps.

import type { Step } from '../journey.ts';
import { list, map, optional, required } from '../yaml/compound.ts';
import { expression, JOURNEY_NAMES } from '../yaml/conditions.ts';
import { percent, whole, word } from '../yaml/scalars.ts';
import { duration } from '../yaml/times.ts';
import type { StepReading } from './verb.ts';
import { block, verb } from './verb.ts';

const condition = expression(JOURNEY_NAMES);
const ELSE = { else: optional(block, 'The steps otherwise.') };

const ifVerb = verb(
  'if',
  'Branches: `do` when the condition is true, else `else`. Beside another verb it guards that step.',
  { if: required(condition, 'A condition.'), do: required(block, 'The steps when it is true.'), ...ELSE },
  (values, step) => ({
    verb: 'if',
    condition: values.if,
    do: step.block(values.do, `${step.id}.do`),
    else: step.block(values.else, `${step.id}.else`),
  }),
);

const oneCase = map(
  { if: required(condition, 'A condition.'), do: required(block, 'The steps when it is the first that is true.') },
  { expects: 'a case of "choose"' },
);
const CHOOSE = 'Takes the first case whose condition is true.';

const chooseVerb = verb(
  'choose',
  CHOOSE,
  { choose: required(list(oneCase, 'a list of cases, each with if and do'), CHOOSE), ...ELSE },
  (values, step) => {
    if (values.choose.length === 0 && !step.reader.broken)
      return step.reader.error('E_VALUE', values.place, '"choose" needs at least one case.');
    return {
      verb: 'choose',
      cases: values.choose.map((one, n) => ({
        if: one.if,
        do: step.block(one.do, `${step.id}.${n + 1}.do`),
        place: one.place,
      })),
      else: step.block(values.else, `${step.id}.else`),
    };
  },
);

const variant = map(
  {
    name: required(word, 'The name of the variant, as statistics and specs show it.'),
    weight: optional(percent, 'Its share: `45%`. All variants have one, or none.'),
    do: optional(block, 'The steps of this variant; none for a variant that does nothing.'),
  },
  { expects: 'a variant of "split"' },
);
const SPLIT = 'Divides people among variants, sticky by person. Needs `id`.';

const splitVerb = verb(
  'split',
  SPLIT,
  { split: required(list(variant, 'a list of variants, each with name and do'), SPLIT) },
  (values, step) => {
    if (!step.named)
      step.reader.error(
        'E_MISSING_KEY',
        step.place,
        '"split" needs "id": people keep their variant by it, wherever the step moves. Add a line such as id: subject-test.',
      );
    const weights = weightsOf(values.split, step);
    return {
      verb: 'split',
      variants: values.split.map((one, n) => ({
        name: one.name,
        weight: weights[n] ?? 0,
        do: step.block(one.do, `${step.id}.${n + 1}.do`),
        place: one.place,
      })),
    };
  },
);

type Variant = (Step & { verb: 'split' })['variants'][number];

/** Shares in percent, equal where none is told. */
function weightsOf(
  variants: readonly { readonly name: string; readonly weight: number | null; readonly place: Variant['place'] }[],
  { reader, place }: StepReading,
): number[] {
  if (variants.length < 2 && !reader.broken) reader.error('E_VALUE', place, '"split" needs at least two variants.');
  for (const [n, one] of variants.entries()) {
    if (variants.findIndex(({ name }) => name === one.name) < n)
      reader.error('E_DUPLICATE_ID', one.place, `there are two variants "${one.name}". Give each a name of its own.`);
  }
  const told = variants.filter(({ weight }) => weight !== null);
  if (told.length === 0) return variants.map(() => 100 / variants.length);
  const missing = variants.find(({ weight }) => weight === null);
  const sum = told.reduce((total, { weight }) => total + (weight ?? 0), 0);
  if (missing !== undefined && !reader.broken)
    reader.error(
      'E_WEIGHTS',
      missing.place,
      `the variant "${missing.name}" has no weight, and others have. Give each a weight, or none.`,
    );
  else if (Math.abs(sum - 100) > 0.05 && !reader.broken)
    reader.error('E_WEIGHTS', place, `the weights add up to ${Number(sum.toFixed(2))}%, not 100%.`);
  return variants.map(({ weight }) => weight ?? 0);
}

const REPEAT_KEYS = {
  times: required(whole(1, 1000), 'How many rounds at most.'),
  every: optional(duration, 'From the start of a round to the start of the next.'),
  until: optional(condition, 'Judged before each round; true ends the loop.'),
};
const REPEAT = 'Does its steps several times: `{times: 3, every: 1d, until: vars.done}`.';

const repeatVerb = verb(
  'repeat',
  REPEAT,
  {
    repeat: required(
      map(REPEAT_KEYS, { expects: 'a map such as { times: 3, every: 1d }', called: '"repeat"' }),
      REPEAT,
    ),
    do: required(block, 'The steps of one round.'),
  },
  ({ repeat, do: steps }, step) => {
    return {
      verb: 'repeat',
      times: repeat.times,
      every: repeat.every,
      until: repeat.until,
      do: step.block(steps, `${step.id}.do`),
    };
  },
);

export const branchingVerbs = [ifVerb, chooseVerb, splitVerb, repeatVerb];
