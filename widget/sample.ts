/** What a visitor and an agent say in the console's preview, in each language of the widget. */
import type { Language } from '../core/language.ts';

export const sampleWords: Record<Language, { visitor: string; agent: string }> = {
  en: { visitor: 'Hello, is this available in blue?', agent: 'Yes, it is. Shall I put one aside for you?' },
  'zh-Hans': { visitor: '您好，这款有蓝色的吗？', agent: '有的，需要为您预留一件吗？' },
  'zh-Hant': { visitor: '您好，這款有藍色的嗎？', agent: '有的，需要為您預留一件嗎？' },
  es: { visitor: 'Hola, ¿lo tienen en azul?', agent: 'Sí. ¿Le aparto uno?' },
  pt: { visitor: 'Olá, há em azul?', agent: 'Sim. Quer que reserve um para si?' },
  fr: { visitor: 'Bonjour, l’avez-vous en bleu ?', agent: 'Oui. Je vous en mets un de côté ?' },
  de: { visitor: 'Hallo, gibt es das in Blau?', agent: 'Ja. Soll ich Ihnen eines zurücklegen?' },
  it: { visitor: 'Buongiorno, c’è in blu?', agent: 'Sì. Te ne metto da parte uno?' },
  nl: { visitor: 'Hallo, is deze er ook in het blauw?', agent: 'Ja. Zal ik er een voor je apart leggen?' },
  pl: { visitor: 'Dzień dobry, czy jest w kolorze niebieskim?', agent: 'Tak. Czy odłożyć jeden dla Ciebie?' },
  ru: { visitor: 'Здравствуйте, есть в синем цвете?', agent: 'Да, есть. Отложить для вас?' },
  tr: { visitor: 'Merhaba, mavisi var mı?', agent: 'Evet, var. Sizin için bir tane ayırayım mı?' },
  ar: { visitor: 'مرحبًا، هل يتوفر باللون الأزرق؟', agent: 'نعم، متوفر. هل أحجز لك واحدًا؟' },
  he: { visitor: 'שלום, יש את זה בכחול?', agent: 'כן, יש. לשמור לך אחד?' },
  ja: { visitor: 'こんにちは、青色はありますか？', agent: 'はい、ございます。お取り置きしましょうか？' },
  ko: { visitor: '안녕하세요, 파란색도 있나요?', agent: '네, 있습니다. 하나 빼 둘까요?' },
};
