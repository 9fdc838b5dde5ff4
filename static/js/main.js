// Every page works without this; each module makes one thing quicker.
import { startTheme } from "./theme.js";
import { startKeyboard } from "./keyboard.js";
import { startTips } from "./tips.js";
import { startCopy } from "./copy.js";
import { startFragments } from "./fragments.js";
import { startLive } from "./live.js";

startTheme();
startKeyboard();
startTips();
startCopy();
startFragments();
startLive();
