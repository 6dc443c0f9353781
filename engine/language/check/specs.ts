// Specs beside their journey: steps, templates, splits and outcomes they name must exist.

import type { Journey } from '../journey.ts';
import { referTo } from '../message-references.ts';
import { ambiguous, unknownStep } from '../read-steps.ts';
import type { Message } from '../walk.ts';
import { everyStep, idsOf, messagesOf } from '../walk.ts';
import type { TextNode, YamlNode } from '../yaml/node.ts';
import { child } from '../yaml/node.ts';
import type { CheckedJourney, Findings, Reading } from './findings.ts';
import { remedy } from './names.ts';

interface SpecNodes {
  readonly file: string;
  readonly node: YamlNode | null;
}

const SIGNALS = ['opened', 'clicked', 'delivered', 'bounced', 'failed', 'replied'];
/** Outcomes that are there without being written. */
const OUTCOMES = ['completed', 'exited', 'active', 'none', 'restarted', 'merged'];

/** Checks one spec file against the journey it names. */
export function checkSpec(
  spec: SpecNodes,
  checked: readonly CheckedJourney[],
  reading: Reading,
  findings: Findings,
): void {
  const named = child(spec.node ?? undefined, 'journey');
  if (named?.kind !== 'text') return;
  const ids = reading.drafts.flatMap(({ id }) => id ?? []);
  if (!ids.includes(named.text)) {
    findings.error(
      'E_UNKNOWN_JOURNEY',
      named.place,
      `no journey "${named.text}". ${remedy(named.text, ids, '', 'Journeys are')}`,
    );
    return;
  }
  const target = checked.find(({ journey }) => journey.id === named.text);
  if (target?.whole !== true) return;
  const cases = child(spec.node ?? undefined, 'cases');
  for (const one of cases?.kind === 'list' ? cases.items : []) new CaseCheck(target.journey, findings).run(one);
}

class CaseCheck {
  private readonly journey: Journey;
  private readonly findings: Findings;
  private readonly messages: readonly Message[];

  constructor(journey: Journey, findings: Findings) {
    this.journey = journey;
    this.findings = findings;
    this.messages = messagesOf(journey);
  }

  run(one: YamlNode): void {
    for (const line of items(child(one, 'script'))) this.line(line);
    const expect = child(one, 'expect');
    for (const message of [...items(child(expect, 'messages')), ...items(child(expect, 'not'))]) this.expected(message);
    for (const skip of items(child(expect, 'skipped'))) this.message(text(child(skip, 'step')));
    for (const visited of items(child(expect, 'visited'))) this.visited(text(visited));
    this.outcome(text(child(expect, 'outcome')));
    this.pick(child(child(one, 'pick'), 'split'));
  }

  private line(line: YamlNode): void {
    for (const signal of SIGNALS) this.message(text(child(line, signal)));
    const start = text(child(line, 'start'));
    if (start !== null && start.text !== this.journey.id)
      this.findings.error(
        'E_UNKNOWN_JOURNEY',
        start.place,
        `only "${this.journey.id}" runs in this spec, so "${start.text}" cannot start.`,
      );
  }

  /** A message by its step's id or its template's name. */
  private message(node: TextNode | null): void {
    if (node === null) return;
    const referred = referTo(this.messages, node.text.trim());
    const candidates = new Set(this.messages.flatMap(({ id, send }) => [send.template, id]));
    if (referred.kind === 'none')
      this.findings.error('E_UNKNOWN_STEP', node.place, unknownStep(node.text.trim(), candidates));
    if (referred.kind === 'several')
      this.findings.error('E_AMBIGUOUS_STEP', node.place, ambiguous(node.text.trim(), referred.ids));
  }

  private expected(node: YamlNode): void {
    this.message(text(child(node, 'step')));
    const template = text(child(node, 'template'));
    const names = [...new Set(this.messages.map(({ send }) => send.template))];
    if (template === null || names.includes(template.text)) return;
    this.findings.error(
      'E_UNKNOWN_TEMPLATE',
      template.place,
      `no step of "${this.journey.id}" sends "${template.text}". ${remedy(template.text, names, 'It sends nothing.', 'It sends')}`,
    );
  }

  private visited(node: TextNode | null): void {
    const ids = idsOf(this.journey);
    if (node === null || ids.includes(node.text.trim())) return;
    this.findings.error(
      'E_UNKNOWN_STEP',
      node.place,
      `no step "${node.text}". ${remedy(node.text, ids, '', 'Steps are')}`,
    );
  }

  private outcome(node: TextNode | null): void {
    const own = [
      ...this.journey.exits.map((rule) => rule.as),
      ...everyStep(this.journey.steps).flatMap((step) => (step.verb === 'exit' ? [step.outcome] : [])),
    ];
    const all = [...new Set([...OUTCOMES, ...own])];
    if (node === null || all.includes(node.text.trim())) return;
    this.findings.error(
      'E_UNKNOWN_OUTCOME',
      node.place,
      `"${this.journey.id}" never ends as "${node.text}". ${remedy(node.text, all, '', 'Its outcomes are')}`,
    );
  }

  private pick(splits: YamlNode | undefined): void {
    const known = everyStep(this.journey.steps).flatMap((step) => (step.verb === 'split' ? [step] : []));
    for (const { key, place, value } of splits?.kind === 'map' ? splits.entries : []) {
      const split = known.find(({ id }) => id === key);
      const ids = known.map(({ id }) => id);
      const variants = split?.variants.map(({ name }) => name) ?? [];
      if (split === undefined)
        this.findings.error(
          'E_UNKNOWN_STEP',
          place,
          `no split "${key}". ${remedy(key, ids, 'This journey has none.', 'Splits are')}`,
        );
      else if (value.kind === 'text' && !variants.includes(value.text))
        this.findings.error(
          'E_VALUE',
          value.place,
          `the split "${key}" has no variant "${value.text}". ${remedy(value.text, variants, '', 'Its variants are')}`,
        );
    }
  }
}

function items(node: YamlNode | undefined): readonly YamlNode[] {
  if (node === undefined) return [];
  return node.kind === 'list' ? node.items : [node];
}

function text(node: YamlNode | undefined): TextNode | null {
  return node?.kind === 'text' ? node : null;
}
