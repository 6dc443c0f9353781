import { describe, expect, test } from '@jest/globals';
import { readJourney } from '../read-journey.ts';
import { changesBetween } from './changes.ts';
import { compile } from './compile.ts';
import { drawPicture } from './picture.ts';

function drawn(steps: string, head = '') {
  const { journey } = readJourney('j/journey.yaml', `journey: j\n${head}trigger: { event: go }\nsteps:\n${steps}`);
  if (journey === undefined) throw new Error('the journey of the test has errors');
  return { journey, picture: drawPicture(compile(journey, 'hash')) };
}
const ways = (steps: string) =>
  drawn(steps).picture.edges.map(({ from, to, labels }) => `${from} > ${to}${labels.length > 0 ? `: ${labels}` : ''}`);

const LADDER = `  - reach:
      - push: nudge
        for: 2h
      - email: letter
  - wait: 1d
`;

describe('a journey as a picture', () => {
  test('is one node a step, and one way between any two, whatever phases lie between', () => {
    const { picture } = drawn(LADDER);
    expect(picture.nodes.map(({ id, verb, line }) => [id, verb, line])).toEqual([
      ['$entry', 'entry', 2],
      ['1.1', 'rung', 5],
      ['1.2', 'rung', 7],
      ['2', 'wait', 8],
      ['$completed', 'end', null],
    ]);
    expect(ways(LADDER)).toEqual([
      '$entry > 1.1',
      '2 > $completed',
      '1.2 > 2: opened,not sent,sent',
      '1.1 > 2: opened,not bounced',
      '1.1 > 1.2: not sent,bounced,silence',
    ]);
  });

  test('says what a step sends, asks and how long it rests', () => {
    const { picture } = drawn(`${LADDER}  - if: trigger.total > 5\n    do:\n      - sms: last\n`);
    const node = (id: string) => picture.nodes.find((one) => one.id === id);
    expect(node('1.1')).toMatchObject({ sends: [{ channel: 'push', template: 'nudge' }], millis: 7_200_000 });
    expect(node('2')).toMatchObject({ millis: 86_400_000 });
    expect(node('3')).toMatchObject({ texts: ['trigger.total > 5'] });
    expect(node('3.do.1')).toMatchObject({ verb: 'send', sends: [{ channel: 'sms', template: 'last' }] });
  });

  test('draws of a split its variants alone', () => {
    const split = `  - id: story
    split:
      - { name: a, weight: 50%, do: [{ email: one }] }
      - { name: b, weight: 50%, do: [{ email: two }] }
`;
    expect(ways(split).filter((way) => way.startsWith('story >'))).toHaveLength(2);
  });
});

describe('what an edit changes', () => {
  const changes = (was: string, is: string, head = '') => {
    const { steps, settings } = changesBetween(drawn(was), drawn(is, head));
    return {
      steps: steps.map(({ kind, step, after }) => [kind, step.sends[0]?.template ?? step.verb, after]),
      settings,
    };
  };

  test('is nothing where only places in the file do', () => {
    expect(changes(LADDER, `\n${LADDER}`)).toEqual({ steps: [], settings: [] });
  });

  test('is a step between, with the rest before it, though all positions behind it shift', () => {
    const is = LADDER.replace('  - wait: 1d\n', '  - wait: 20h\n  - sms: last\n  - wait: 1d\n');
    expect(changes(LADDER, is).steps).toEqual([
      ['added', 'wait', null],
      ['added', 'last', 72_000_000],
    ]);
  });

  test('is one changed step rather than one gone and one come', () => {
    expect(changes(LADDER, LADDER.replace('1d', '2d')).steps).toEqual([['changed', 'wait', null]]);
  });

  test('is a step taken away, and a setting', () => {
    expect(changes(LADDER, LADDER.replace('  - wait: 1d\n', ''), 'holdout: 10%\n')).toEqual({
      steps: [['removed', 'wait', null]],
      settings: ['holdout'],
    });
  });
});
