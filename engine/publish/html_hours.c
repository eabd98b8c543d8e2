/*
 * html_hours.c: records of a window by the hour of their trade: bars, and the figures behind them.
 *
 *     Bars stand on y = TOP + HEIGHT, one slot an hour from x = LEFT on; hours below them, counts of the five grid lines to the left.
 */
#include "publish/html_parts.h"

enum { LEFT = 58, TOP = 16, HEIGHT = 168, SLOT = 26, BAR = 18, WIDTH = LEFT + 24 * SLOT + 8 };

/** The smallest of 1, 2, 5 × 10^n that four of make at least `largest`. */
static uint64_t grid_step(uint64_t largest)
{
    static const uint64_t steps[] = { 1, 2, 5 };
    for (uint64_t ten = 1; ten < UINT64_MAX / 100; ten *= 10)
        for (size_t i = 0; i < 3; i++)
            if ((largest + 3) / 4 <= steps[i] * ten) return steps[i] * ten;
    return UINT64_MAX / 4;
}

static void put_grid(struct clr_html *html, uint64_t step)
{
    for (unsigned line = 0; line <= 4; line++) {
        const unsigned y = TOP + HEIGHT - line * HEIGHT / 4;
        clr_html_format(html, "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%u\" y2=\"%u\"/>", (int)LEFT, (int)WIDTH - 4, y, y);
        clr_html_format(html, "<text class=\"axis\" x=\"%d\" y=\"%u\" text-anchor=\"end\">", (int)LEFT - 6, y + 4);
        clr_html_count(html, (int64_t)(step * line));
        clr_html_raw(html, "</text>");
    }
}

static void put_bars(struct clr_html *html, const struct clr_profile *profile, uint64_t full)
{
    for (unsigned hour = 0; hour < 24; hour++) {
        const unsigned x = LEFT + hour * SLOT + (SLOT - BAR) / 2;
        unsigned height = (unsigned)((unsigned __int128)profile->count[hour] * HEIGHT / full);
        if (height == 0 && profile->count[hour] > 0) height = 1;
        if (height > 0) {
            clr_html_format(html, "<rect class=\"bar\" x=\"%u\" y=\"%u\" width=\"%d\" height=\"%u\"><title>%02u:00 ", x,
                            TOP + HEIGHT - height, (int)BAR, height, hour);
            clr_html_count(html, (int64_t)profile->count[hour]);
            clr_html_raw(html, "</title></rect>");
        }
        clr_html_format(html, "<text class=\"axis\" x=\"%u\" y=\"%d\" text-anchor=\"middle\">%u</text>", x + BAR / 2, TOP + HEIGHT + 16,
                        hour);
    }
}

static void put_figures(struct clr_html *html, const struct clr_profile *profile)
{
    clr_html_table(html, "Hours with trades", "有交易的小时", "Hour|#Records|#Amount", "时段|#记录|#金额");
    for (unsigned hour = 0; hour < 24; hour++) {
        if (profile->count[hour] == 0) continue;
        clr_html_row(html, false);
        clr_html_format(html, "<th scope=\"row\">%02u:00–%02u:59</th>", hour, hour);
        clr_html_cell_count(html, (int64_t)profile->count[hour]);
        clr_html_cell_yuan(html, profile->amount_fen[hour]);
        clr_html_row_end(html);
    }
    clr_html_table_end(html);
}

void clr_html_hours(struct clr_html *html, const struct clr_report_window *window, const char *mark)
{
    uint64_t largest = 0;
    for (unsigned hour = 0; hour < 24; hour++)
        if (window->profile.count[hour] > largest) largest = window->profile.count[hour];
    if (largest == 0) return;
    const uint64_t step = grid_step(largest);
    clr_html_format(html, "<h3 id=\"hours-%s\">", mark);
    clr_html_say(html, "Hours of the trades", "交易时段");
    clr_html_raw(html, "</h3>\n<p class=\"soft\">");
    clr_html_say(html,
                 "Records that count in this window, by the hour of the trade; free rides and metro entries count, too. "
                 "A record without a time has no hour.",
                 "本窗口内计入的记录，按交易小时统计；含零金额与进站记录。没有时间的记录不在其中。");
    clr_html_raw(html, "</p>\n<div class=\"two\">\n<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"");
    clr_html_say(html, "Records by hour", "每小时记录数");
    clr_html_format(html, "\">\n<svg viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" role=\"img\" aria-label=\"",
                    (int)WIDTH, TOP + HEIGHT + 26, (int)WIDTH, TOP + HEIGHT + 26);
    clr_html_say(html, "Bars: records by hour; the figures stand in the table", "柱状图：每小时记录数，数字见表");
    clr_html_raw(html, "\">");
    put_grid(html, step);
    put_bars(html, &window->profile, step * 4);
    clr_html_raw(html, "</svg>\n</div>\n<div class=\"dense\">\n");
    put_figures(html, &window->profile);
    clr_html_raw(html, "</div>\n</div>\n");
}
