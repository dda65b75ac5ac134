// Slack's emoji short names this page knows; an unknown :name: stays as typed.
import { h } from './dom.js';

const NAMES = `
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|warning ⚠️|no_entry ⛔|no_entry_sign 🚫
red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|large_purple_circle 🟣|white_circle ⚪|black_circle ⚫
large_red_square 🟥|large_orange_square 🟧|large_yellow_square 🟨|large_green_square 🟩|large_blue_square 🟦|white_large_square ⬜|black_large_square ⬛
small_red_triangle 🔺|small_red_triangle_down 🔻|arrow_up ⬆️|arrow_down ⬇️|arrow_right ➡️|arrow_left ⬅️|arrow_upper_right ↗️|arrow_lower_right ↘️|arrows_counterclockwise 🔄|repeat 🔁
tada 🎉|rocket 🚀|star ⭐|star2 🌟|sparkles ✨|fire 🔥|zap ⚡|boom 💥|100 💯|trophy 🏆|medal 🏅|dart 🎯|bulb 💡|bell 🔔|no_bell 🔕|loudspeaker 📢|mega 📣
eyes 👀|wave 👋|+1 👍|thumbsup 👍|-1 👎|thumbsdown 👎|clap 👏|pray 🙏|raised_hands 🙌|ok_hand 👌|muscle 💪|point_right 👉|point_left 👈|point_up ☝️|point_down 👇|handshake 🤝|raising_hand 🙋
smile 😄|slightly_smiling_face 🙂|grinning 😀|joy 😂|wink 😉|blush 😊|sweat_smile 😅|thinking_face 🤔|cry 😢|sob 😭|heart_eyes 😍|sunglasses 😎|neutral_face 😐|confused 😕|rage 😡|scream 😱|partying_face 🥳|robot_face 🤖|face_with_monocle 🧐
heart ❤️|blue_heart 💙|green_heart 💚|purple_heart 💜|broken_heart 💔|information_source ℹ️|question ❓|grey_question ❔|exclamation ❗|grey_exclamation ❕|bangbang ‼️
hourglass ⌛|hourglass_flowing_sand ⏳|alarm_clock ⏰|stopwatch ⏱️|timer_clock ⏲️|clock1 🕐|clock9 🕘|calendar 📆|date 📅|spiral_calendar_pad 🗓️|watch ⌚
memo 📝|pencil ✏️|pencil2 ✏️|clipboard 📋|page_facing_up 📄|page_with_curl 📃|bookmark_tabs 📑|bar_chart 📊|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|file_folder 📁|open_file_folder 📂|card_index_dividers 🗂️|file_cabinet 🗄️|package 📦|inbox_tray 📥|outbox_tray 📤|email 📧|envelope ✉️|incoming_envelope 📨|mailbox 📫|pushpin 📌|round_pushpin 📍|paperclip 📎|link 🔗|scissors ✂️|wastebasket 🗑️|label 🏷️|books 📚|book 📖|ledger 📒|newspaper 📰|receipt 🧾
lock 🔒|unlock 🔓|closed_lock_with_key 🔐|key 🔑|shield 🛡️|gear ⚙️|wrench 🔧|hammer 🔨|hammer_and_wrench 🛠️|toolbox 🧰|electric_plug 🔌|battery 🔋|satellite_antenna 📡|mag 🔍|mag_right 🔎|computer 💻|desktop_computer 🖥️|printer 🖨️|keyboard ⌨️|iphone 📱|phone ☎️|telephone_receiver 📞|cloud ☁️|floppy_disk 💾|bug 🐛|test_tube 🧪|microscope 🔬|thermometer 🌡️|magnet 🧲|construction 🚧|rotating_light 🚨|traffic_light 🚦|triangular_flag_on_post 🚩|checkered_flag 🏁|ambulance 🚑|fire_engine 🚒|ship 🚢|airplane ✈️
moneybag 💰|dollar 💵|euro 💶|pound 💷|credit_card 💳|money_with_wings 💸|heavy_dollar_sign 💲|abacus 🧮|scales ⚖️|briefcase 💼|office 🏢|house 🏠|factory 🏭|bank 🏦|hospital 🏥|globe_with_meridians 🌐|earth_africa 🌍|earth_americas 🌎|world_map 🗺️|busts_in_silhouette 👥|bust_in_silhouette 👤|man_in_business_suit_levitating 🕴️|technologist 🧑‍💻|office_worker 🧑‍💼|ticket 🎫|admission_tickets 🎟️|speech_balloon 💬|left_speech_bubble 🗨️|thought_balloon 💭|zzz 💤|new 🆕|ok 🆗|sos 🆘|free 🆓|up 🆙|cool 🆒|id 🆔|one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|heavy_plus_sign ➕|heavy_minus_sign ➖|recycle ♻️|infinity ♾️|play_or_pause_button ⏯️|arrow_forward ▶️|double_vertical_bar ⏸️|black_square_for_stop ⏹️|fast_forward ⏩|seedling 🌱|evergreen_tree 🌲|sun_with_face 🌞|sunny ☀️|partly_sunny ⛅|rain_cloud 🌧️|snowflake ❄️|rainbow 🌈|coffee ☕|pizza 🍕|beers 🍻|cake 🍰|gift 🎁|balloon 🎈|crown 👑|gem 💎|ghost 👻|see_no_evil 🙈|dog 🐶|cat 🐱|snail 🐌|turtle 🐢
`;

const TABLE = new Map(
  NAMES.trim()
    .split(/[|\n]/)
    .map((entry) => {
      const space = entry.indexOf(' ');
      return [entry.slice(0, space), entry.slice(space + 1)];
    }),
);

const PICTURE = /\p{Extended_Pictographic}/u;
const SHORT_NAME = /:([a-z0-9_+'-]+):(?::skin-tone-[2-6]:)?/g;
const RAW_PICTURE =
  /(?:[0-9]\uFE0F\u20E3|\p{Extended_Pictographic}\uFE0F?(?:\u200D\p{Extended_Pictographic}\uFE0F?)*)/gu;
const PLAIN_SIGNS = /^[©®™↔↕▪▫◻◼‼⁉ℹ✔✖]$/u;

export function emojiOf(name) {
  return TABLE.get(name) ?? null;
}

/** Names beginning with `prefix`, for completion. */
export function emojiStartingWith(prefix, limit = 8) {
  return [...TABLE].filter(([name]) => name.startsWith(prefix)).slice(0, limit);
}

export function emojiNode(name) {
  const picture = emojiOf(name);
  return picture ? h('span', { class: 'emoji', title: `:${name}:` }, picture) : document.createTextNode(`:${name}:`);
}

/** Split text into strings and emoji nodes; with `expand` false short names stay as typed. */
export function emojify(text, expand = true) {
  const marks = expand ? text.replace(SHORT_NAME, (whole, name) => emojiOf(name) ?? whole) : text;
  if (!PICTURE.test(marks)) return [marks];
  const parts = [];
  let last = 0;
  for (const match of marks.matchAll(RAW_PICTURE)) {
    if (PLAIN_SIGNS.test(match[0])) continue;
    parts.push(marks.slice(last, match.index), h('span', { class: 'emoji' }, match[0]));
    last = match.index + match[0].length;
  }
  parts.push(marks.slice(last));
  return parts.filter((part) => part !== '');
}
