// What the reports take and answer.

import { z } from 'zod';

const count = z.number().int();
/** By currency: of revenue, the workspace's alone. */
const money = z.record(z.string(), z.number());
const fare = { sent: count, delivered: count, opened: count, clicked: count };

/** `days` as everywhere; `format=csv` answers a table for spreadsheets. */
export const reportQuery = z.strictObject({ days: z.string().optional(), format: z.enum(['csv']).optional() });
export const funnelQuery = reportQuery.extend({ journey: z.string().max(200).optional() });
export const buyersQuery = z.strictObject({ format: z.enum(['csv']).optional() });

const definitions = z.record(z.string(), z.object({ title: z.string(), means: z.string() }));
export const figureDefinitions = z.object({ en: definitions, ru: definitions });

export const channelReport = z.object({
  channels: z.array(z.object({ channel: z.string(), ...fare, orders: count, revenue: money })),
  unattributed: z.object({ orders: count, revenue: money }),
  all: z.object({ orders: count, revenue: money }),
});
export const timeOfDayReport = z.object({
  timezone: z.string(),
  hours: z.array(z.object({ weekday: count.describe('Monday is 1.'), hour: count, ...fare })),
});
export const funnelReport = z.object({
  stages: z.array(z.object({ stage: z.enum(['sent', 'delivered', 'opened', 'clicked', 'ordered']), count })),
  journey: z.object({ entered: count, converted: count }).nullable(),
});
export const rfmReport = z.object({
  recency: z.array(z.number()).describe('Days since the last order, up to; one more band follows.'),
  frequency: z.array(z.number()).describe('Orders, up to; one more band follows.'),
  currency: z.string(),
  cells: z.array(
    z.object({
      recency: count.describe('Place among the bands.'),
      frequency: count,
      people: count,
      orders_total: z.number(),
    }),
  ),
});
export const retentionReport = z.object({
  cohorts: z.array(
    z.object({
      month: z.string(),
      people: count,
      returned: z.array(count).describe('The month itself, the one after, …'),
    }),
  ),
});
