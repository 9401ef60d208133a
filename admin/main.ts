/** Starts the console: theme, addresses, the room that the keyboard leaves, and the shell. */
import './zod.ts';
import './styles/tokens.css';
import './styles/webawesome.css';
import { applyTheme } from './styles/theme.ts';
import { followKeyboard } from './keyboard.ts';
import { startRouter } from './router.ts';
import './app.ts';

applyTheme();
startRouter();
followKeyboard();
