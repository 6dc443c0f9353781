// Reports for the dashboard and for spreadsheets, and what each figure means.

import type { FastifyReply } from 'fastify';
import { TropaError } from '../../language/errors.ts';
import type { Activity } from '../../reports/activity.ts';
import { type Buyers, FREQUENCY, MONTHS, RECENCY } from '../../reports/buyers.ts';
import { csvLine } from '../../reports/csv.ts';
import { DEFINITIONS } from '../../reports/definitions.ts';
import { amounts, attributed, type Earned, type Revenue } from '../../reports/revenue.ts';
import type { HttpHost } from '../host.ts';
import type { Figures } from './figures.ts';
import { type ApiRoute, route } from './frame.ts';
import { channelsOf } from './overview.ts';
import * as schemas from './schemas/reports.ts';
import { spanOf } from './span.ts';

type Table = readonly (readonly (string | number)[])[];

export function reportRoutes(host: HttpHost, figures: Figures): ApiRoute[] {
  return [
    route({
      method: 'GET',
      url: '/api/figures',
      role: 'viewer',
      summary: 'What each figure means, in English and Russian.',
      answers: schemas.figureDefinitions,
      answer: () => DEFINITIONS,
    }),
    ...sendingReports(host, figures),
    ...buyingReports(host, figures),
  ];
}

function sendingReports(host: HttpHost, figures: Figures): ApiRoute[] {
  return [
    route({
      method: 'GET',
      url: '/api/reports/channels',
      role: 'viewer',
      summary: 'Channels compared: messages, what became of them, and the orders that belong to them.',
      query: schemas.reportQuery,
      answers: schemas.channelReport,
      answer: async ({ query, reply }) => {
        const span = spanOf(query, host.now());
        const report = byChannel(await figures.between(span), await figures.revenue(span));
        return query.format === 'csv' ? asCsv(reply, 'channels', channelTable(report)) : report;
      },
    }),
    route({
      method: 'GET',
      url: '/api/reports/time-of-day',
      role: 'viewer',
      summary: 'Messages by the weekday and hour at which they left, in the workspace’s zone.',
      query: schemas.reportQuery,
      answers: schemas.timeOfDayReport,
      answer: async ({ query, reply }) => {
        const hours = byHour(await figures.between(spanOf(query, host.now())));
        return query.format === 'csv'
          ? asCsv(reply, 'time-of-day', [[...HOURS], ...hours.map((one) => HOURS.map((name) => one[name]))])
          : { timezone: host.settings().timezone, hours };
      },
    }),
    route({
      method: 'GET',
      url: '/api/reports/funnel',
      role: 'viewer',
      summary: 'From sending to ordering, of all journeys or of one.',
      query: schemas.funnelQuery,
      answers: schemas.funnelReport,
      answer: async ({ query, reply }) => {
        const span = spanOf(query, host.now());
        if (query.journey !== undefined) await exists(host, query.journey);
        const report = funnelOf(await figures.between(span), await figures.revenue(span), query.journey);
        return query.format === 'csv'
          ? asCsv(reply, 'funnel', [['stage', 'count'], ...report.stages.map((one) => [one.stage, one.count])])
          : report;
      },
    }),
  ];
}

function buyingReports(host: HttpHost, figures: Figures): ApiRoute[] {
  return [
    route({
      method: 'GET',
      url: '/api/reports/rfm',
      role: 'viewer',
      summary: 'Everybody who has ordered, by how lately and how often, and for how much.',
      query: schemas.buyersQuery,
      answers: schemas.rfmReport,
      answer: async ({ query, reply }) => {
        const report = rfmOf(await figures.buyers(), host.settings().currency);
        return query.format === 'csv' ? asCsv(reply, 'rfm', rfmTable(report)) : report;
      },
    }),
    route({
      method: 'GET',
      url: '/api/reports/retention',
      role: 'viewer',
      summary: 'Who came back to order, by the month of the first order; the last twelve.',
      query: schemas.buyersQuery,
      answers: schemas.retentionReport,
      answer: async ({ query, reply }) => {
        const { cohorts } = await figures.buyers();
        return query.format === 'csv' ? asCsv(reply, 'retention', retentionTable(cohorts)) : { cohorts };
      },
    }),
  ];
}

async function exists({ store }: HttpHost, journey: string): Promise<void> {
  const { journeys } = await store.workspace();
  if (!journeys.some(({ id }) => id === journey))
    throw new TropaError('E_NO_SUCH_JOURNEY', `There is no journey "${journey}".`);
}

function asCsv(reply: FastifyReply, name: string, table: Table): string {
  reply.type('text/csv; charset=utf-8').header('content-disposition', `attachment; filename="${name}.csv"`);
  return table.map((row) => csvLine(row, ',')).join('');
}

function byChannel(activity: Activity, earned: Revenue) {
  const told = (part: Earned) => ({ orders: part.orders, revenue: amounts(earned, part) });
  return { channels: channelsOf(activity, earned), unattributed: told(earned.none), all: told(earned.all) };
}

const FARE = ['sent', 'delivered', 'opened', 'clicked'] as const;

function channelTable({ channels, unattributed }: ReturnType<typeof byChannel>): Table {
  const worth = (revenue: Record<string, number>) => Object.values(revenue)[0] ?? 0;
  return [
    ['channel', ...FARE, 'orders', 'revenue'],
    ...channels.map((one) => [one.channel, ...FARE.map((name) => one[name]), one.orders, worth(one.revenue)]),
    ['none', 0, 0, 0, 0, unattributed.orders, worth(unattributed.revenue)],
  ];
}

const HOURS = ['weekday', 'hour', ...FARE] as const;

function byHour({ hours }: Activity) {
  return [...hours]
    .filter(([, { sent }]) => sent > 0)
    .sort(([a], [b]) => a - b)
    .map(([at, fare]) => ({ weekday: Math.floor(at / 24) + 1, hour: at % 24, ...fare }));
}

/** Whoever did the later did the earlier, so each stage is within the one before; one message may have led to several orders. */
function funnelOf(activity: Activity, earned: Revenue, id: string | undefined) {
  const journey = id === undefined ? undefined : activity.journeys.get(id);
  const none = { sent: 0, delivered: 0, opened: 0, clicked: 0 };
  const fare = id === undefined ? activity.totals : (journey?.fare ?? none);
  const ordered = id === undefined ? attributed(earned).orders : (earned.journeys.get(id)?.orders ?? 0);
  return {
    stages: [...FARE.map((stage) => ({ stage, count: fare[stage] })), { stage: 'ordered', count: ordered }],
    journey: id === undefined ? null : { entered: journey?.entered ?? 0, converted: journey?.converted ?? 0 },
  };
}

function rfmOf({ cells }: Buyers, currency: string) {
  const told = cells.map(({ worth, ...cell }) => ({ ...cell, orders_total: worth / 1000 }));
  return { recency: RECENCY, frequency: FREQUENCY, currency, cells: told };
}

function rfmTable({ cells, currency }: ReturnType<typeof rfmOf>): Table {
  const band = (ends: readonly number[], at: number) =>
    at < ends.length ? `up to ${ends[at]}` : `over ${ends.at(-1)}`;
  return [
    ['days since the last order', 'orders', 'people', currency],
    ...cells.map((one) => [band(RECENCY, one.recency), band(FREQUENCY, one.frequency), one.people, one.orders_total]),
  ];
}

function retentionTable(cohorts: Buyers['cohorts']): Table {
  const after = Array.from({ length: MONTHS }, (_, month) => `month ${month}`);
  return [
    ['first order', 'people', ...after],
    ...cohorts.map(({ month, people, returned }) => [month, people, ...after.map((_, at) => returned[at] ?? '')]),
  ];
}
