/*
 * html_style.c: the style sheet of the report.
 *
 * Colours are variables, given three times: light, dark, paper. Steps of the heat map are h0 (least) to h6; text on them is t-light or t-dark so
 * that the contrast stays above 4.5 : 1.
 */
#include "publish/html_parts.h"

static const char style[] =
    ":root{color-scheme:light dark;--page:#f5f6f8;--card:#fff;--ink:#1b2330;--soft:#556070;--line:#d9dee6;--head:#eef1f5;--accent:#1f5fa8;--good:#1b7040;"
    "--bad:#b3261e;--warn:#fff4d6;--warnline:#c98a00;--bar:#3f78b9;"
    "--h0:#eff4fb;--h1:#d6e4f5;--h2:#b3cdeb;--h3:#8db3df;--h4:#3f78b9;--h5:#255c9a;--h6:#123f73;--tlow:#1b2330;--thigh:#fff}\n"
    "@media (prefers-color-scheme:dark){:root{--page:#11161d;--card:#1a212b;--ink:#e6eaf0;--soft:#a3aebd;--line:#333e4c;--head:#222b37;--accent:#8ab8ec;"
    "--good:#6fcf97;--bad:#ff9a90;--warn:#3a3014;--warnline:#c9a23c;--bar:#6d9fd6;"
    "--h0:#232e3b;--h1:#233a52;--h2:#264a6f;--h3:#2f5f91;--h4:#79a9de;--h5:#9cc1ea;--h6:#d0e4fa;--tlow:#e6eaf0;--thigh:#10161e}}\n"
    "*{box-sizing:border-box}\n"
    "body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 \"Noto Sans\",\"Segoe UI\",\"Noto Sans CJK SC\",\"PingFang SC\",\"Microsoft YaHei\",sans-serif}\n"
    ":lang(zh) body,body:lang(zh){font-family:\"PingFang SC\",\"Microsoft YaHei\",\"Noto Sans CJK SC\",\"Noto Sans SC\",sans-serif}\n"
    "main{max-width:1240px;margin:0 auto;padding:16px}\n"
    "h1{font-size:1.65rem;line-height:1.25;margin:.2em 0}h2{font-size:1.2rem;margin:0 0 .6em;line-height:1.3}h3{font-size:1rem;margin:1.2em 0 .5em}\n"
    "header p{margin:.2em 0;color:var(--soft)}\n"
    "section{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:16px;margin:16px 0}\n"
    "p{margin:.5em 0;max-width:76ch}.soft,.code,caption{color:var(--soft)}.code{font-size:.82em;white-space:nowrap}\n"
    ".note{background:var(--warn);border-left:4px solid var(--warnline);padding:8px 12px;border-radius:4px;max-width:none}\n"
    ".facts{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:12px 0 0}.facts dt{color:var(--soft)}.facts dd{margin:0;overflow-wrap:anywhere}\n"
    ".keys{display:grid;grid-template-columns:repeat(6,minmax(0,1fr));gap:10px;margin:0;padding:0;list-style:none}\n"
    ".keys li{border:1px solid var(--line);border-radius:6px;padding:10px 12px;background:var(--card)}.keys b{display:block;font-size:1.3rem;line-height:1.3;"
    "font-variant-numeric:tabular-nums;font-weight:600;white-space:nowrap}.keys span{color:var(--soft);font-size:.86rem;display:block;font-variant-numeric:tabular-nums}"
    ".keys .main{grid-column:span 2;border-left:4px solid var(--accent)}.keys .held{grid-column:span 2;border-left:4px solid var(--good)}.keys .good,.good{color:var(--good)}.keys .bad,.bad{color:var(--bad)}\n"
    ".scroll{overflow-x:auto;margin:0 -4px;padding:0 4px}.scroll:focus-visible{outline:2px solid var(--accent)}\n"
    "table{border-collapse:separate;border-spacing:0;min-width:min(100%,620px);font-size:13.5px;line-height:20px}caption{text-align:left;padding:0 0 6px;font-size:.86rem}\n"
    "th,td{padding:5px 10px;text-align:left;border-bottom:1px solid var(--line);vertical-align:top;white-space:nowrap}thead th{background:var(--head);font-weight:600;vertical-align:bottom}"
    "tbody th{font-weight:500;white-space:normal;word-break:keep-all;overflow-wrap:anywhere;min-width:9.5em;position:sticky;left:0;background:var(--card);background-clip:padding-box}.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}th.n{text-align:right}"
    "td.neg{color:var(--bad)}td.zero{color:var(--soft)}.total th,.total td{font-weight:700;border-top:2px solid var(--soft);border-bottom:0}"
    "td.hex,.hex{font-family:ui-monospace,\"DejaVu Sans Mono\",Consolas,monospace;font-size:.8rem;overflow-wrap:anywhere}td.hex{min-width:17em;white-space:normal}\n"
    "svg{display:block}svg text{fill:var(--ink);font-size:12px;font-variant-numeric:tabular-nums}svg .axis{fill:var(--soft);font-size:11px}svg .grid{stroke:var(--line)}"
    "svg .bar{fill:var(--bar)}svg .pay{fill:var(--bad)}svg .get{fill:var(--good)}svg .self{fill:none;stroke:var(--soft);stroke-width:1.5;stroke-dasharray:3 2}\n"
    ".h0{fill:var(--h0)}.h1{fill:var(--h1)}.h2{fill:var(--h2)}.h3{fill:var(--h3)}.h4{fill:var(--h4)}.h5{fill:var(--h5)}.h6{fill:var(--h6)}"
    ".hx{fill:none;stroke:var(--line)}.hm{fill:var(--card);stroke:var(--bad);stroke-width:1.5}svg text.tl{fill:var(--tlow);font-size:11px}svg text.th{fill:var(--thigh);font-size:11px}\n"
    ".legend{display:flex;flex-wrap:wrap;gap:4px 14px;margin:8px 0 14px;padding:0;list-style:none;font-size:.84rem;color:var(--soft)}.legend li{display:flex;align-items:center;gap:6px}\n"
    ".net{vertical-align:middle}.net svg{width:110px;height:14px}.dense th,.dense td{padding:0 10px}.two{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:20px;align-items:start}\n"
    "nav{font-size:.9rem;margin:8px 0 0}a{color:var(--accent)}nav a{margin-right:14px;display:inline-block}footer{color:var(--soft);font-size:.84rem;margin:16px 0}\n"
    "@media (max-width:760px){main{padding:10px}section{padding:12px}.two{grid-template-columns:minmax(0,1fr)}.facts{grid-template-columns:1fr;gap:0}"
    ".facts dd{margin-bottom:6px}h1{font-size:1.35rem}.keys{grid-template-columns:repeat(2,minmax(0,1fr))}.keys b{font-size:1.08rem}th,td{padding:5px 7px}tbody th{min-width:8em}}\n"
    "@media print{:root{color-scheme:light;--page:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--head:#eee;--accent:#1f5fa8;--good:#145c33;--bad:#9c1c15;--warn:#fff;"
    "--warnline:#666;--bar:#3f78b9;--h0:#eff4fb;--h1:#d6e4f5;--h2:#b3cdeb;--h3:#8db3df;--h4:#3f78b9;--h5:#255c9a;--h6:#123f73;--tlow:#000;--thigh:#fff}"
    "@page{size:A4 landscape;margin:12mm}body{font-size:9.5pt}main{max-width:none;padding:0}nav{display:none}section{border:0;padding:0;margin:0 0 14pt}"
    ".keys b{font-size:12pt}.scroll{overflow:visible}tbody th{position:static}h2,h3,caption{break-after:avoid}tr,li,svg,.facts{break-inside:avoid}thead{display:table-header-group}"
    "th,td{padding:2.5pt 6pt}table{font-size:8.5pt;line-height:1.35}svg{max-width:100%;height:auto;print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n";

const char *clr_html_style(void) { return style; }
