/** What this page is to the edge. */
import type { SourcePage } from '../core/log.ts';

/** Where the visitor is. */
export function thisPage(): SourcePage {
  return { url: location.href.replace(/#.*/, '').slice(0, 2000), title: document.title.slice(0, 200) };
}

/** Whether calls can be made and taken here: browsers give no microphone to pages that are not secure. */
export function canCall(): boolean {
  return isSecureContext && 'mediaDevices' in navigator && 'RTCPeerConnection' in window;
}
