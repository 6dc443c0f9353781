// The text editor: CodeMirror with the schema's help, and faults at their lines as `tropa check` gives them.

import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import {
  bracketMatching,
  defaultHighlightStyle,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef } from 'react';
import { completeFrom, hoverFrom } from './assist.ts';
import classes from './code.module.css';
import { SCHEMAS } from './schema.ts';

export interface Fault {
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
  readonly severity: 'error' | 'warning';
}

export interface CodeProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** Which schema helps; null for templates. */
  readonly kind: 'journey' | 'spec' | null;
  readonly faults: readonly Fault[];
  /** Line to show, from 1. */
  readonly line: number | null;
  readonly onLine: (line: number) => void;
  readonly readOnly: boolean;
  readonly label: string;
}

const DARK = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: '#9db9ff' },
  { tag: tags.string, color: '#a5d6a7' },
  { tag: tags.comment, color: '#98a2ae', fontStyle: 'italic' },
  { tag: [tags.number, tags.bool, tags.keyword], color: '#f3bd74' },
  { tag: tags.punctuation, color: '#a8b1bc' },
]);
const LIGHT = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: '#1f44ad' },
  { tag: tags.string, color: '#0b6b3a' },
  { tag: tags.comment, color: '#5f6b78', fontStyle: 'italic' },
  { tag: [tags.number, tags.bool, tags.keyword], color: '#8f4b00' },
]);

export default function Code({ text, onChange, kind, faults, line, onLine, readOnly, label }: CodeProps) {
  const dark = useComputedColorScheme('light') === 'dark';
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const colours = useRef(new Compartment());
  const told = useRef({ onChange, onLine });
  told.current = { onChange, onLine };

  // biome-ignore lint/correctness/useExhaustiveDependencies: made once for a kind of file; text, faults and colours follow below
  useEffect(() => {
    const schema = kind === null ? null : SCHEMAS[kind];
    const made = new EditorView({
      parent: place.current as HTMLDivElement,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          indentUnit.of('  '),
          bracketMatching(),
          closeBrackets(),
          lintGutter(),
          syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
          colours.current.of(syntaxHighlighting(dark ? DARK : LIGHT)),
          ...(kind === null ? [] : [yaml()]),
          ...(schema === null ? [] : [autocompletion({ override: [completeFrom(schema)] }), hoverFrom(schema)]),
          // Escape, then Tab, leaves the editor: nobody is caught in it.
          keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
          EditorState.readOnly.of(readOnly),
          EditorView.contentAttributes.of({ 'aria-label': label }),
          EditorView.lineWrapping,
          EditorView.updateListener.of((update) => {
            if (update.docChanged) told.current.onChange(update.state.doc.toString());
            if (update.selectionSet)
              told.current.onLine(update.state.doc.lineAt(update.state.selection.main.head).number);
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, [kind, readOnly, label]);

  useEffect(() => {
    view.current?.dispatch({ effects: colours.current.reconfigure(syntaxHighlighting(dark ? DARK : LIGHT)) });
  }, [dark]);

  useEffect(() => {
    const { current } = view;
    if (current === null || current.state.doc.toString() === text) return;
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: text } });
  }, [text]);

  useEffect(() => {
    const { current } = view;
    if (current !== null)
      current.dispatch(
        setDiagnostics(
          current.state,
          faults.map((fault) => placed(current, fault)),
        ),
      );
  }, [faults]);

  useEffect(() => {
    const { current } = view;
    if (current === null || line === null || line > current.state.doc.lines) return;
    if (current.state.doc.lineAt(current.state.selection.main.head).number === line) return;
    const { from } = current.state.doc.line(line);
    current.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
  }, [line]);

  return <div ref={place} className={classes.code} />;
}

function placed({ state }: EditorView, { line, column, code, message, severity }: Fault): Diagnostic {
  const row = state.doc.line(Math.min(Math.max(1, line), state.doc.lines));
  const from = Math.min(row.from + Math.max(0, column - 1), row.to);
  return { from, to: Math.max(from, row.to), severity, message: `${code} ${message}` };
}
