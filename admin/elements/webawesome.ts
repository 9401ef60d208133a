/** The parts of the component library that we use, with its own small icons replaced by ours. */
import { registerIconLibrary } from '@awesome.me/webawesome/dist/components/icon/library.js';
import '@awesome.me/webawesome/dist/components/button/button.js';
import '@awesome.me/webawesome/dist/components/checkbox/checkbox.js';
import '@awesome.me/webawesome/dist/components/dialog/dialog.js';
import '@awesome.me/webawesome/dist/components/divider/divider.js';
import '@awesome.me/webawesome/dist/components/dropdown/dropdown.js';
import '@awesome.me/webawesome/dist/components/dropdown-item/dropdown-item.js';
import '@awesome.me/webawesome/dist/components/input/input.js';
import '@awesome.me/webawesome/dist/components/option/option.js';
import '@awesome.me/webawesome/dist/components/progress-bar/progress-bar.js';
import '@awesome.me/webawesome/dist/components/radio/radio.js';
import '@awesome.me/webawesome/dist/components/radio-group/radio-group.js';
import '@awesome.me/webawesome/dist/components/select/select.js';
import '@awesome.me/webawesome/dist/components/switch/switch.js';
import '@awesome.me/webawesome/dist/components/textarea/textarea.js';
import check from 'lucide-static/icons/check.svg?url';
import chevronDown from 'lucide-static/icons/chevron-down.svg?url';
import chevronRight from 'lucide-static/icons/chevron-right.svg?url';
import circleX from 'lucide-static/icons/circle-x.svg?url';
import dot from 'lucide-static/icons/circle.svg?url';
import eye from 'lucide-static/icons/eye.svg?url';
import eyeOff from 'lucide-static/icons/eye-off.svg?url';
import minus from 'lucide-static/icons/minus.svg?url';
import pipette from 'lucide-static/icons/pipette.svg?url';
import x from 'lucide-static/icons/x.svg?url';

const ours: Record<string, string> = {
  check,
  'chevron-down': chevronDown,
  'chevron-right': chevronRight,
  circle: dot,
  'circle-xmark': circleX,
  eye,
  'eye-slash': eyeOff,
  eyedropper: pipette,
  indeterminate: minus,
  minus,
  xmark: x,
};

registerIconLibrary('system', {
  resolver: (name) => ours[name] ?? '',
  mutator: (svg) => {
    svg.setAttribute('stroke-width', '1.5');
    // The library fills its icons; ours are outlines.
    svg.setAttribute('fill', 'none');
    if (svg.classList.contains('lucide-circle')) svg.setAttribute('fill', 'currentColor');
  },
});
