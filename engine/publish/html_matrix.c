/*
 * html_matrix.c: who owes whom: a heat map, payers down and payees across, and the figures behind it.
 *
 * Axes      at most AXIS_MAX participants each, those with the most money; the others share one row or column.
 * Steps     h6 is more than half of the largest amount, h5 more than a quarter, … h0 the rest: each step halves.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "publish/html_parts.h"

enum { AXIS_MAX = 16, LIST_MAX = 1500, STEPS = 7 };
enum { LABEL = 150, HEAD = 104, CELL = 62, LINE = 28 };

struct party { const struct clr_name *name; uint64_t volume; unsigned slot; };

struct axis {
    struct party *party;  size_t count;
    unsigned slots;                        /* rows or columns drawn */
    bool others;                           /* the last of them is everybody else */
    const struct clr_name *shown[AXIS_MAX];
};

struct picture {
    struct axis payer, payee;
    clr_fen amount_fen[AXIS_MAX][AXIS_MAX];
    bool used[AXIS_MAX][AXIS_MAX];
    clr_fen largest_fen;
    bool own, negative;                    /* some square is a participant's with itself; is below zero */
};

/* ---- axes ---- */

static struct party *party_of(struct axis *axis, const char *code)
{
    for (size_t i = 0; i < axis->count; i++)
        if (strcmp(axis->party[i].name->code, code) == 0) return &axis->party[i];
    return NULL;
}

static void add_party(struct axis *axis, const struct clr_name *name, clr_fen amount_fen)
{
    const uint64_t size = amount_fen < 0 ? 0 - (uint64_t)amount_fen : (uint64_t)amount_fen;
    struct party *party = party_of(axis, name->code);
    if (party == NULL) {
        party = &axis->party[axis->count++];
        *party = (struct party){ .name = name };
    }
    if (__builtin_add_overflow(party->volume, size, &party->volume)) party->volume = UINT64_MAX;      /* only orders the rows */
}

static int by_volume(const void *a, const void *b)
{
    const struct party *const first = a, *const second = b;
    if (first->volume != second->volume) return first->volume < second->volume ? 1 : -1;
    return strcmp(first->name->code, second->name->code);
}

static int by_code(const void *a, const void *b)
{
    return strcmp(((const struct party *)a)->name->code, ((const struct party *)b)->name->code);
}

/** Those with the most money by code, then one slot for everybody else. */
static void lay_out(struct axis *axis)
{
    qsort(axis->party, axis->count, sizeof *axis->party, by_volume);
    axis->others = axis->count > AXIS_MAX;
    const size_t own = axis->others ? AXIS_MAX - 1 : axis->count;
    qsort(axis->party, own, sizeof *axis->party, by_code);
    axis->slots = (unsigned)own + axis->others;
    for (size_t i = 0; i < axis->count; i++) {
        axis->party[i].slot = i < own ? (unsigned)i : (unsigned)own;
        if (i < own) axis->shown[i] = axis->party[i].name;
    }
}

static bool is_own(const struct picture *picture, unsigned line, unsigned column)
{
    const struct clr_name *const payer = picture->payer.shown[line], *const payee = picture->payee.shown[column];
    return payer != NULL && payee != NULL && strcmp(payer->code, payee->code) == 0;
}

static void look_over(struct picture *picture)
{
    for (unsigned line = 0; line < picture->payer.slots; line++)
        for (unsigned column = 0; column < picture->payee.slots; column++) {
            const clr_fen amount_fen = picture->amount_fen[line][column];
            if (amount_fen > picture->largest_fen) picture->largest_fen = amount_fen;
            picture->negative |= amount_fen < 0;
            picture->own |= picture->used[line][column] && is_own(picture, line, column);
        }
}

static enum clr_status draw_up(struct picture *picture, const struct clr_ledger *ledger)
{
    picture->payer.party = calloc(ledger->matrix_count, sizeof(struct party));
    picture->payee.party = calloc(ledger->matrix_count, sizeof(struct party));
    if (picture->payer.party == NULL || picture->payee.party == NULL) return CLR_FULL;
    for (size_t i = 0; i < ledger->matrix_count; i++) {
        add_party(&picture->payer, &ledger->matrix[i].payer, ledger->matrix[i].amount_fen);
        add_party(&picture->payee, &ledger->matrix[i].payee, ledger->matrix[i].amount_fen);
    }
    lay_out(&picture->payer);
    lay_out(&picture->payee);
    for (size_t i = 0; i < ledger->matrix_count; i++) {
        const struct clr_matrix_row *const row = &ledger->matrix[i];
        const unsigned line = party_of(&picture->payer, row->payer.code)->slot, column = party_of(&picture->payee, row->payee.code)->slot;
        CLR_TRY(clr_fen_add(&picture->amount_fen[line][column], row->amount_fen));
        picture->used[line][column] = true;
    }
    look_over(picture);
    return CLR_OK;
}

/* ---- the picture ---- */

static const struct { int64_t yuan; const char *unit; } units_en[] = { { 1000000000, "bn" }, { 1000000, "M" }, { 1000, "k" } };
static const struct { int64_t yuan; const char *unit; } units_zh[] = { { 100000000, "亿" }, { 10000, "万" } };

/** Yuan, short enough for a cell: 9,999 · 12.3k · 1.2万. */
static void put_short(struct clr_html *html, clr_fen fen)
{
    const int64_t yuan = fen / 100 + (fen % 100 >= 50) - (fen % 100 <= -50);
    if (yuan == 0 && fen != 0) {
        clr_html_raw(html, fen > 0 ? "&lt;1" : "&gt;-1");
        return;
    }
    const size_t count = html->zh ? sizeof units_zh / sizeof *units_zh : sizeof units_en / sizeof *units_en;
    for (size_t i = 0; i < count && (yuan >= 10000 || yuan <= -10000); i++) {
        const int64_t unit = html->zh ? units_zh[i].yuan : units_en[i].yuan;
        const int64_t tenths = yuan / (unit / 10), whole = tenths / 10, rest = tenths % 10;
        if (whole == 0) continue;
        clr_html_count(html, whole);
        clr_html_format(html, ".%d", (int)(rest < 0 ? -rest : rest));
        clr_html_raw(html, html->zh ? units_zh[i].unit : units_en[i].unit);
        return;
    }
    clr_html_count(html, yuan);
}

static unsigned step_of(clr_fen amount_fen, clr_fen largest_fen)
{
    unsigned step = STEPS - 1;
    while (step > 0 && amount_fen <= largest_fen >> (STEPS - step)) step--;
    return step;
}

/** Name of a slot, at most so many columns. */
static void put_slot(struct clr_html *html, const struct axis *axis, unsigned slot, unsigned width)
{
    if (axis->others && slot + 1 == axis->slots) clr_html_label(html, clr_html_pick(html, "all others", "其他"), width);
    else clr_html_label(html, clr_html_called(html, axis->shown[slot]), width);
}

static void put_column_heads(struct clr_html *html, const struct axis *axis)
{
    for (unsigned column = 0; column < axis->slots; column++) {
        const unsigned x = LABEL + column * CELL + CELL / 2;
        clr_html_format(html, "<text x=\"%u\" y=\"%d\" transform=\"rotate(-40 %u %d)\">", x, HEAD - 8, x, HEAD - 8);
        put_slot(html, axis, column, 18);
        clr_html_raw(html, "</text>");
    }
    clr_html_raw(html, "\n");
}

static void put_tip(struct clr_html *html, const struct picture *picture, unsigned line, unsigned column)
{
    clr_html_raw(html, "<title>");
    put_slot(html, &picture->payer, line, 60);
    clr_html_raw(html, " → ");
    put_slot(html, &picture->payee, column, 60);
    clr_html_raw(html, ": ");
    clr_html_yuan(html, picture->amount_fen[line][column]);
    clr_html_raw(html, "</title>");
}

static void put_square(struct clr_html *html, const struct picture *picture, unsigned line, unsigned column)
{
    const unsigned x = LABEL + column * CELL, y = HEAD + line * LINE;
    const clr_fen amount_fen = picture->amount_fen[line][column];
    if (!picture->used[line][column]) {
        clr_html_format(html, "<rect class=\"hx\" x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\"/>", x + 1, y + 1, CELL - 2, LINE - 2);
        return;
    }
    const unsigned step = amount_fen < 0 ? 0 : step_of(amount_fen, picture->largest_fen);
    if (amount_fen < 0) clr_html_raw(html, "<rect class=\"hm\"");
    else clr_html_format(html, "<rect class=\"h%u\"", step);
    clr_html_format(html, " x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\">", x + 1, y + 1, CELL - 2, LINE - 2);
    put_tip(html, picture, line, column);
    clr_html_raw(html, "</rect>");
    if (is_own(picture, line, column))
        clr_html_format(html, "<rect class=\"self\" x=\"%u\" y=\"%u\" width=\"%d\" height=\"%d\"/>", x + 2, y + 2, CELL - 4, LINE - 4);
    clr_html_format(html, "<text class=\"%s\" x=\"%u\" y=\"%u\" text-anchor=\"middle\">", step >= 4 ? "th" : "tl", x + CELL / 2,
                    y + LINE / 2 + 4);
    put_short(html, amount_fen);
    clr_html_raw(html, "</text>");
}

static void put_picture(struct clr_html *html, const struct picture *picture)
{
    const unsigned width = LABEL + picture->payee.slots * CELL + 90, height = HEAD + picture->payer.slots * LINE + 4;
    clr_html_raw(html, "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"");
    clr_html_say(html, "Who owes whom", "应收应付矩阵");
    clr_html_format(html, "\">\n<svg viewBox=\"0 0 %u %u\" width=\"%u\" height=\"%u\" role=\"img\" aria-label=\"", width, height, width,
                    height);
    clr_html_say(html, "Heat map: payers down, payees across; the figures stand in the table of this window",
                 "热力图：纵向为付款方，横向为收款方，数字见本窗口的明细表");
    clr_html_raw(html, "\">\n<text class=\"axis\" x=\"0\" y=\"");
    clr_html_format(html, "%d\">", HEAD - 8);
    clr_html_say(html, "payer ↓  payee →", "付款方 ↓  收款方 →");
    clr_html_raw(html, "</text>");
    put_column_heads(html, &picture->payee);
    for (unsigned line = 0; line < picture->payer.slots; line++) {
        clr_html_format(html, "<text x=\"%d\" y=\"%u\" text-anchor=\"end\">", LABEL - 8, HEAD + line * LINE + LINE / 2 + 4);
        put_slot(html, &picture->payer, line, 20);
        clr_html_raw(html, "</text>");
        for (unsigned column = 0; column < picture->payee.slots; column++) put_square(html, picture, line, column);
        clr_html_raw(html, "\n");
    }
    clr_html_raw(html, "</svg>\n</div>\n");
}

static void put_swatch(struct clr_html *html, const char *class)
{
    clr_html_raw(html, "<li><svg width=\"18\" height=\"14\" aria-hidden=\"true\">");
    clr_html_format(html, "<rect class=\"%s\" x=\"1\" y=\"1\" width=\"16\" height=\"12\"/></svg>", class);
}

static void put_legend(struct clr_html *html, const struct picture *picture)
{
    clr_html_raw(html, "<ul class=\"legend\"><li>");
    clr_html_say(html, "Yuan, up to:", "元，不超过：");
    clr_html_raw(html, "</li>");
    for (unsigned step = 0; step < STEPS; step++) {
        char class[] = "h0";
        class[1] = (char)('0' + step);
        put_swatch(html, class);
        put_short(html, picture->largest_fen >> (STEPS - 1 - step));
        clr_html_raw(html, "</li>");
    }
    if (picture->own) {
        put_swatch(html, "self");
        clr_html_say(html, "owed to itself", "自身之间");
        clr_html_raw(html, "</li>");
    }
    if (picture->negative) {
        put_swatch(html, "hm");
        clr_html_say(html, "more given back than taken", "退回多于发生");
        clr_html_raw(html, "</li>");
    }
    clr_html_raw(html, "</ul>\n");
}

/* ---- the figures ---- */

static void put_rows(struct clr_html *html, const struct clr_ledger *ledger)
{
    clr_html_table(html, "Who owes whom, by kind", "各方之间的债务（按类型）", "Payer|Payee|Kind|#Count|#Amount",
                   "付款方|收款方|类型|#笔数|#金额");
    for (size_t i = 0; i < ledger->matrix_count; i++) {
        const struct clr_matrix_row *const row = &ledger->matrix[i];
        const struct clr_term kind = clr_kind_term(row->kind);
        clr_html_row(html, false);
        clr_html_head_name(html, &row->payer);
        clr_html_cell_name(html, &row->payee);
        clr_html_cell(html, clr_html_pick(html, kind.en, kind.zh));
        clr_html_cell_count(html, row->count);
        clr_html_cell_yuan(html, row->amount_fen);
        clr_html_row_end(html);
    }
    clr_html_table_end(html);
}

static void put_squares(struct clr_html *html, const struct picture *picture)
{
    clr_html_table(html, "The figures of the picture; every row is in matrix.csv", "图中数字；全部明细见 matrix.csv",
                   "Payer|Payee|#Amount", "付款方|收款方|#金额");
    for (unsigned line = 0; line < picture->payer.slots; line++)
        for (unsigned column = 0; column < picture->payee.slots; column++) {
            if (!picture->used[line][column]) continue;
            clr_html_raw(html, "<tr><th scope=\"row\">");
            put_slot(html, &picture->payer, line, 200);
            clr_html_raw(html, "</th><td>");
            put_slot(html, &picture->payee, column, 200);
            clr_html_raw(html, "</td>");
            clr_html_cell_yuan(html, picture->amount_fen[line][column]);
            clr_html_row_end(html);
        }
    clr_html_table_end(html);
}

/** Draw up the picture of a window and show it, or its figures. */
static enum clr_status with_picture(struct clr_html *html, const struct clr_ledger *ledger,
                                    void (*show)(struct clr_html *html, const struct picture *picture))
{
    struct picture picture = { 0 };
    const enum clr_status status = draw_up(&picture, ledger);
    if (status == CLR_OK) show(html, &picture);
    free(picture.payer.party);
    free(picture.payee.party);
    return status;
}

static void show_picture(struct clr_html *html, const struct picture *picture)
{
    put_picture(html, picture);
    put_legend(html, picture);
}

enum clr_status clr_html_matrix(struct clr_html *html, const struct clr_report_window *window, const char *mark)
{
    const struct clr_ledger *const ledger = &window->books.participants;
    if (ledger->matrix_count == 0) return CLR_OK;
    clr_html_format(html, "<h3 id=\"matrix-%s\">", mark);
    clr_html_say(html, "Who owes whom", "应收应付矩阵");
    clr_html_raw(html, "</h3>\n<p class=\"soft\">");
    clr_html_say(html, "All kinds and fees, before anything is set off. ", "含全部类型与手续费，未作轧差。");
    clr_html_format(html, "<a href=\"#rows-%s\">", mark);
    clr_html_say(html, "The exact figures", "精确数字见表");
    clr_html_raw(html, "</a></p>\n");
    return with_picture(html, ledger, show_picture);
}

enum clr_status clr_html_matrix_rows(struct clr_html *html, const struct clr_report_window *window, const char *mark)
{
    const struct clr_ledger *const ledger = &window->books.participants;
    if (ledger->matrix_count == 0) return CLR_OK;
    clr_html_format(html, "<h3 id=\"rows-%s\">", mark);
    clr_html_say(html, "Who owes whom: figures", "应收应付明细");
    clr_html_raw(html, "</h3>\n");
    if (ledger->matrix_count > LIST_MAX) return with_picture(html, ledger, put_squares);
    put_rows(html, ledger);
    return CLR_OK;
}
