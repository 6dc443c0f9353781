// What a step says on its card, in the reader's language.

import type { TFunction } from 'i18next';
import { span } from '../shell/format.ts';
import type { PictureNode } from './picture.ts';

const CHANNELS = ['email', 'sms', 'push'];

/** `Email · reminder`, `Wait 1 day`, `If`. */
export function titleOf(node: PictureNode, t: TFunction): string {
  const [send] = node.sends;
  if (node.sends.length > 1) return node.sends.map(({ channel }) => channelName(channel, t)).join(' + ');
  if (send !== undefined) return `${channelName(send.channel, t)} · ${send.template}`;
  if (node.id === '$completed') return t('step.completed');
  if (node.id === '$exited') return t('step.missed');
  if (node.verb === 'wait' && node.millis !== null) return `${t('step.wait')} ${span(node.millis)}`;
  return t(`step.${node.verb}`);
}

/** The line below: a condition, what is waited for, how long. */
export function detailOf(node: PictureNode, t: TFunction): string {
  const texts = node.texts.map((text) => waitText(text)).join(' · ');
  if (node.verb === 'entry') {
    const silence = node.millis === null ? '' : ` · ${t('step.silence', { span: span(node.millis) })}`;
    return `${texts}${silence}`;
  }
  if (node.verb === 'rung' && node.millis !== null)
    return [t('step.rungFor', { span: span(node.millis) }), texts].filter(Boolean).join(' · ');
  if (node.verb === 'wait_for' && node.millis !== null)
    return `${texts} · ${t('step.within', { span: span(node.millis) })}`;
  if (node.sends.length > 1) return node.sends.map(({ template }) => template).join(', ');
  return texts || (node.note ?? '');
}

function waitText(text: string): string {
  const days = /^(\d+)d$/.exec(text)?.[1];
  return days === undefined ? text : span(Number(days) * 86_400_000);
}

export function channelName(channel: string, t: TFunction): string {
  return CHANNELS.includes(channel) ? t(`channel.${channel}`) : channel;
}

const LABELS = new Set([
  'opened',
  'clicked',
  'replied',
  'delivered',
  'sent',
  'not sent',
  'silence',
  'bounced',
  'not bounced',
  'else',
  'can no longer happen',
  'round',
  'round ends',
  'again',
  'next round',
  'last round',
]);

/** Why people go a way, shortly: most of a ladder's reasons come down to "it got through" and "it did not". */
export function labelOf(labels: readonly string[], t: TFunction): string {
  const told = labels.filter((label) => label !== 'can no longer happen' || labels.length === 1);
  if (told.includes('silence')) return t('way.silence');
  if (told.includes('not bounced')) return t(`way.${told[0]}`);
  const words = told.map((label) => (LABELS.has(label) ? t(`way.${label}`) : label));
  return words.join(' / ');
}

export const cut = (text: string, most = 26): string => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
