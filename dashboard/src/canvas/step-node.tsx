// One step as a card: what it does, and how many stand here, passed, were skipped.

import {
  IconArrowsSplit,
  IconBell,
  IconCheck,
  IconClock,
  IconFlag,
  IconHourglass,
  IconLogout,
  IconMail,
  IconMessage,
  IconPencil,
  IconPlayerPlay,
  IconQuestionMark,
  IconRepeat,
  IconRoute,
  IconSend,
  IconShoppingCart,
  IconTag,
} from '@tabler/icons-react';
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { count, percent } from '../shell/format.ts';
import classes from './canvas.module.css';
import type { Direction } from './layout.ts';
import type { PictureNode, StepCounts } from './picture.ts';
import { detailOf, titleOf } from './words.ts';

export type StepNodeData = {
  readonly step: PictureNode;
  readonly counts: StepCounts | null;
  readonly direction: Direction;
  /** Specs that failed or passed here. */
  readonly mark: 'good' | 'bad' | null;
  /** Somebody who is followed stands here. */
  readonly here: boolean;
};

const ICONS: Readonly<Record<string, typeof IconMail>> = {
  entry: IconPlayerPlay,
  email: IconMail,
  sms: IconMessage,
  push: IconBell,
  wait: IconClock,
  wait_for: IconHourglass,
  if: IconQuestionMark,
  choose: IconRoute,
  split: IconArrowsSplit,
  repeat: IconRepeat,
  update: IconPencil,
  set: IconPencil,
  tag: IconTag,
  untag: IconTag,
  emit: IconSend,
  exit: IconLogout,
  end: IconFlag,
};

const kindOf = ({ sends, verb }: PictureNode): string => sends[0]?.channel ?? verb;

function StepNode({ data, selected }: NodeProps<Node<StepNodeData>>) {
  const { t } = useTranslation();
  const { step, counts, direction, mark, here } = data;
  const wide = direction === 'LR';
  return (
    <div
      className={classes.node}
      data-kind={kindOf(step)}
      data-bare={counts === null || undefined}
      data-selected={selected || undefined}
      data-mark={mark ?? undefined}
      data-here={here || undefined}
    >
      <Handle
        type="target"
        position={wide ? Position.Left : Position.Top}
        className={classes.handle ?? ''}
        isConnectable={false}
      />
      {here && (
        <span className={classes.cart}>
          <IconShoppingCart size={18} aria-label={t('guide.here')} />
        </span>
      )}
      <Words step={step} />
      {counts !== null && (
        <div className={classes.figures}>
          <Figures counts={counts} end={step.id.startsWith('$')} />
        </div>
      )}
      <Handle
        type="source"
        position={wide ? Position.Right : Position.Bottom}
        className={classes.handle ?? ''}
        isConnectable={false}
      />
    </div>
  );
}

function Words({ step }: { step: PictureNode }) {
  const { t } = useTranslation();
  const Icon = ICONS[kindOf(step)] ?? IconCheck;
  const detail = detailOf(step, t);
  return (
    <div className={classes.head}>
      <span className={classes.icon} aria-hidden="true">
        <Icon size={18} stroke={1.8} />
      </span>
      <span className={classes.words}>
        <span className={classes.title} title={titleOf(step, t)}>
          {titleOf(step, t)}
        </span>
        <span className={classes.detail} title={detail}>
          {detail || (step.id.startsWith('$') ? '' : t('step.title', { id: step.id }))}
        </span>
      </span>
    </div>
  );
}

function Figures({ counts, end }: { counts: StepCounts; end: boolean }) {
  const { t } = useTranslation();
  const skipped = Object.values(counts.skipped).reduce((sum, n) => sum + n, 0);
  const reasons = Object.entries(counts.skipped)
    .map(([reason, n]) => `${t(`reason.${reason}`, { defaultValue: reason })}: ${count(n)}`)
    .join('\n');
  return (
    <>
      {counts.inside > 0 && (
        <span className={classes.inside} title={t('canvas.inside')}>
          {count(counts.inside)} {t('canvas.insideShort')}
        </span>
      )}
      <span title={t('canvas.passed')}>
        {count(counts.passed)} {t('canvas.passedShort')}
      </span>
      {skipped > 0 && (
        <span className={classes.skipped} title={reasons}>
          {count(skipped)} {t('canvas.skippedShort')}
        </span>
      )}
      {!end && counts.onward !== null && (
        <span className={classes.share} title={t('canvas.onward')}>
          {percent(counts.onward, 0)}
        </span>
      )}
    </>
  );
}

export default memo(StepNode);
