/** Formatted text as elements of an editor, and back. */
import type { RichText } from '../../core/richText.ts';

type Paragraph = RichText[number];
type Run = Paragraph[number];
type Format = Omit<Run, 'text'>;

/** Paragraph elements for an editor. */
export function nodesOf(text: RichText): HTMLElement[] {
  const paragraphs = text.length > 0 ? text : [[]];
  return paragraphs.map((runs) => {
    const paragraph = document.createElement('p');
    paragraph.append(...(runs.length > 0 ? runs.map(nodeOf) : [document.createElement('br')]));
    return paragraph;
  });
}

/** What stands in an editor, as runs. Elements that it does not know count as their text. */
export function richTextOf(root: Node): RichText {
  const paragraphs: Paragraph[] = [[]];
  const add = (text: string, format: Format) => {
    const paragraph = paragraphs.at(-1);
    const last = paragraph?.at(-1);
    if (!paragraph || text === '') return;
    if (last && sameFormat(last, format)) last.text += text;
    else paragraph.push({ text, ...format });
  };
  const breakLine = () => {
    if ((paragraphs.at(-1)?.length ?? 0) > 0) paragraphs.push([]);
  };
  const walk = (node: Node, format: Format) => {
    if (node instanceof Text) {
      for (const [index, line] of node.data.split('\n').entries()) {
        if (index > 0) breakLine();
        add(line, format);
      }
      return;
    }
    if (!(node instanceof HTMLElement)) return;
    if (node instanceof HTMLBRElement) return breakLine();
    const isBlock = node instanceof HTMLParagraphElement || node instanceof HTMLDivElement;
    if (isBlock) breakLine();
    for (const child of node.childNodes) walk(child, { ...format, ...formatOf(node) });
    if (isBlock) breakLine();
  };
  for (const child of root.childNodes) walk(child, {});
  return paragraphs.filter((runs) => runs.length > 0);
}

function nodeOf({ text, bold, italic, href }: Run): Node {
  let node: Node = document.createTextNode(text);
  if (italic) node = wrap('em', node);
  if (bold) node = wrap('strong', node);
  if (href) {
    const link = wrap('a', node);
    link.setAttribute('href', href);
    node = link;
  }
  return node;
}

function wrap(tag: 'a' | 'em' | 'strong', child: Node): HTMLElement {
  const element = document.createElement(tag);
  element.append(child);
  return element;
}

function formatOf(element: HTMLElement): Format {
  const tag = element.localName;
  const href = tag === 'a' ? element.getAttribute('href') : null;
  return {
    ...(tag === 'b' || tag === 'strong' || Number(element.style.fontWeight) >= 600 ? { bold: true } : {}),
    ...(tag === 'i' || tag === 'em' || element.style.fontStyle === 'italic' ? { italic: true } : {}),
    ...(href && /^(https?:\/\/|mailto:)/i.test(href) ? { href } : {}),
  };
}

function sameFormat(one: Format, other: Format): boolean {
  return one.bold === other.bold && one.italic === other.italic && one.href === other.href;
}
