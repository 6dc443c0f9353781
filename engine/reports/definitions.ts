// What each figure means, once: `docs/figures.md` is made of it, and the dashboard tells it one hover away.

export interface FigureDefinition {
  readonly title: string;
  readonly means: string;
}

/** In both languages, by the figure's name. */
export type Definitions = Readonly<Record<'en' | 'ru', Readonly<Record<FigureName, FigureDefinition>>>>;

export type FigureName =
  | 'sent'
  | 'delivered'
  | 'opened'
  | 'clicked'
  | 'skipped'
  | 'entered'
  | 'inside'
  | 'passed'
  | 'onward'
  | 'converted'
  | 'uplift'
  | 'revenue'
  | 'orders'
  | 'unattributed'
  | 'goalValue'
  | 'byHour';

export const DEFINITIONS: Definitions = {
  en: {
    sent: { title: 'Sent', means: 'Messages that left in the period. Test messages are not counted.' },
    delivered: {
      title: 'Delivered',
      means: 'Of those sent, the ones their provider reports as delivered, or that were opened, clicked or answered.',
    },
    opened: {
      title: 'Opened',
      means: 'Of those sent, the ones a person opened. Opens by machines are not counted; whoever clicks has opened.',
    },
    clicked: { title: 'Clicked', means: 'Of those sent, the ones in which a person followed a link.' },
    skipped: { title: 'Skipped', means: 'Messages that were decided and did not leave, by the reason.' },
    entered: { title: 'Entered', means: 'Enrollments that began in the period, the control group included.' },
    inside: { title: 'Inside now', means: 'People who stand in the journey, or at the step, at this moment.' },
    passed: { title: 'Came', means: 'How often somebody came to the step in the period.' },
    onward: {
      title: 'Went on',
      means: 'Of those who came to the step in the period, the share that went on to another one.',
    },
    converted: {
      title: 'Converted',
      means: 'Enrollments that reached their journey’s goal in the period, the control group included.',
    },
    uplift: {
      title: 'Uplift',
      means:
        'The share of the treated who converted less that of the held out, in percentage points, with its 95 % confidence interval (Newcombe 1998, method 10). Told once both groups have 30 people.',
    },
    revenue: {
      title: 'Revenue',
      means:
        'Orders placed in the period that belong to a message: the last one clicked within 5 days before the order, else the last one opened by a person within 2 (`attribution` in tropa.yaml). Each order counts once, without cancelled ones and less refunds, in the workspace’s currency.',
    },
    orders: {
      title: 'All orders',
      means:
        'Everything ordered in the period by people Tropa knows, with a message or without: cancelled orders removed, refunds taken off, the workspace’s currency alone.',
    },
    unattributed: {
      title: 'Without a message',
      means:
        'Orders of the period that belong to no message. With the revenue of all channels, or of all journeys, they make all orders.',
    },
    goalValue: {
      title: 'Goal value',
      means:
        'What the goals reached in the period were worth, as each journey’s goal says, by currency. It is no revenue: one order may reach the goals of several journeys.',
    },
    byHour: {
      title: 'Time of day',
      means:
        'Messages that left in each hour of each weekday, in the workspace’s time zone, and how many of them were opened and clicked.',
    },
  },
  ru: {
    sent: { title: 'Отправлено', means: 'Сообщения, ушедшие за период. Проверочные не считаются.' },
    delivered: {
      title: 'Доставлено',
      means: 'Из отправленных те, о доставке которых сообщил провайдер, а также открытые, с переходом или с ответом.',
    },
    opened: {
      title: 'Открыто',
      means:
        'Из отправленных те, что открыл человек. Открытия программами не считаются; кто перешёл по ссылке, тот открыл.',
    },
    clicked: { title: 'Переходы', means: 'Из отправленных те, где человек перешёл по ссылке.' },
    skipped: { title: 'Пропущено', means: 'Сообщения, которые были решены и не ушли, по причинам.' },
    entered: { title: 'Вошли', means: 'Прохождения, начавшиеся за период, вместе с контрольной группой.' },
    inside: { title: 'Сейчас внутри', means: 'Люди, которые прямо сейчас находятся в сценарии или на шаге.' },
    passed: { title: 'Пришли', means: 'Сколько раз за период кто-то пришёл на шаг.' },
    onward: { title: 'Пошли дальше', means: 'Из пришедших на шаг за период доля тех, кто перешёл на следующий.' },
    converted: {
      title: 'Достигли цели',
      means: 'Прохождения, достигшие цели сценария за период, вместе с контрольной группой.',
    },
    uplift: {
      title: 'Прирост',
      means:
        'Доля достигших цели среди получавших сообщения минус та же доля в контрольной группе, в процентных пунктах, с 95-процентным доверительным интервалом (Ньюкомб 1998, метод 10). Показывается, когда в обеих группах есть по 30 человек.',
    },
    revenue: {
      title: 'Выручка',
      means:
        'Заказы за период, которые относятся к сообщению: последнему с переходом не более чем за 5 дней до заказа, иначе последнему открытому человеком не более чем за 2 (`attribution` в tropa.yaml). Каждый заказ считается один раз, без отменённых и за вычетом возвратов, в валюте магазина.',
    },
    orders: {
      title: 'Все заказы',
      means:
        'Всё, что за период заказали люди, которых знает Tropa, с сообщением или без: без отменённых, за вычетом возвратов, только в валюте магазина.',
    },
    unattributed: {
      title: 'Без сообщения',
      means:
        'Заказы за период, не относящиеся ни к одному сообщению. Вместе с выручкой всех каналов или всех сценариев они дают все заказы.',
    },
    goalValue: {
      title: 'Ценность целей',
      means:
        'Ценность достигнутых за период целей, как её определяет сценарий, по валютам. Это не выручка: один заказ может достичь целей нескольких сценариев.',
    },
    byHour: {
      title: 'Время суток',
      means:
        'Сообщения, ушедшие в каждый час каждого дня недели по времени магазина, и сколько из них открыли и с переходом.',
    },
  },
};

const HEAD = `# Figures

What the dashboard and \`/api\` count, and how. Every figure can be recounted from the ledger of messages, the journal and the
people's orders; nothing is counted up on the side. Money is in the workspace's currency; none is exchanged for another.

`;

const TAIL = `
Of an order, the moment it was placed or paid (whichever came first) decides which period it is in, and a later refund lowers
that period's figure. Of a message, the first click and the first open by a person count. Of two messages of the same
moment, the one decided later is meant. Whoever is erased takes their orders along.

This page is made from the engine's own table; a test keeps both equal.
`;

/** The text of \`docs/figures.md\`. */
export function figuresPage({ en }: Definitions): string {
  const rows = Object.entries(en).map(([name, { title, means }]) => `| ${title} | \`${name}\` | ${means} |`);
  return `${HEAD}| figure | in the API | what it is |\n|---|---|---|\n${rows.join('\n')}\n${TAIL}`;
}
