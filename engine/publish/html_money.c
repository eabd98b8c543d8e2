/* html_money.c: the money of one window: positions, payments, what is left between each two, kinds. */
#include <stdio.h>

#include "publish/html_parts.h"

static void open_part(struct clr_html *html, const char *mark, const char *part, const char *en, const char *zh)
{
    clr_html_format(html, "<h3 id=\"%s-%s\">", part, mark);
    clr_html_say(html, en, zh);
    clr_html_raw(html, "</h3>\n");
}

static void say_nothing(struct clr_html *html, const char *en, const char *zh)
{
    clr_html_raw(html, "<p class=\"soft\">");
    clr_html_say(html, en, zh);
    clr_html_raw(html, "</p>\n");
}

/* ---- positions ---- */

static uint64_t size_of(clr_fen fen) { return fen < 0 ? 0 - (uint64_t)fen : (uint64_t)fen; }

static uint64_t largest_net(const struct clr_ledger *ledger)
{
    uint64_t largest = 0;
    for (size_t i = 0; i < ledger->position_count; i++)
        if (size_of(ledger->position[i].net_fen) > largest) largest = size_of(ledger->position[i].net_fen);
    return largest;
}

/** A bar from the middle: paid to the left, received to the right; half the width is the largest net of the window. */
static void put_net_bar(struct clr_html *html, clr_fen net_fen, uint64_t largest)
{
    unsigned width = largest == 0 ? 0 : (unsigned)((unsigned __int128)size_of(net_fen) * 54 / largest);
    if (width == 0 && net_fen != 0) width = 1;
    clr_html_raw(html, "<td class=\"net\"><svg viewBox=\"0 0 110 14\" width=\"110\" height=\"14\" aria-hidden=\"true\">"
                       "<line class=\"grid\" x1=\"55\" x2=\"55\" y1=\"0\" y2=\"14\"/>");
    if (net_fen < 0) clr_html_format(html, "<rect class=\"pay\" x=\"%u\" y=\"3\" width=\"%u\" height=\"8\"/>", 55 - width, width);
    if (net_fen > 0) clr_html_format(html, "<rect class=\"get\" x=\"55\" y=\"3\" width=\"%u\" height=\"8\"/>", width);
    clr_html_raw(html, "</svg></td>");
}

/** Account and bank of a code, by the rules that the window is shown by. */
static void put_account(struct clr_html *html, const struct clr_rules *rules, const struct clr_position *position)
{
    const char *const code = position->who.code;
    const int row = rules == NULL || code == NULL ? -1 : clr_rules_participant(rules, clr_bytes_text(code), position->window);
    clr_html_raw(html, "<td class=\"day\">");
    if (row >= 0) {
        clr_html_text(html, rules->participant[row].account);
        if (rules->participant[row].bank[0] != '\0') {
            clr_html_raw(html, " <span class=\"code\">");
            clr_html_text(html, rules->participant[row].bank);
            clr_html_raw(html, "</span>");
        }
    }
    clr_html_raw(html, "</td>");
}

static enum clr_status put_positions(struct clr_html *html, const struct clr_ledger *ledger, const struct clr_rules *rules, bool members)
{
    const uint64_t largest = largest_net(ledger);
    struct clr_position sum = { 0 };
    clr_html_table(html, members ? "Members: who settles, with which amount" : "Participants, before each settles through its member",
                   members ? "结算成员及其轧差净额" : "各参与方（通过结算成员结算之前）",
                   members ? "Member|#Receivable|#Payable|#Fees|#Net|Pays ◂ ▸ receives|Role|Account, bank"
                           : "Participant|#Receivable|#Payable|#Fees|#Net|Pays ◂ ▸ receives|Role",
                   members ? "结算成员|#应收|#应付|#手续费|#轧差净额|付 ◂ ▸ 收|角色|结算账户、开户行"
                           : "参与方|#应收|#应付|#手续费|#轧差净额|付 ◂ ▸ 收|角色");
    for (size_t i = 0; i < ledger->position_count; i++) {
        const struct clr_position *const position = &ledger->position[i];
        const struct clr_term role = clr_role_term((unsigned)position->who.role);
        clr_html_row(html, false);
        clr_html_head_name(html, &position->who);
        clr_html_cell_yuan(html, position->receivable_fen);
        clr_html_cell_yuan(html, position->payable_fen);
        clr_html_cell_yuan(html, position->fee_fen);
        clr_html_cell_yuan(html, position->net_fen);
        put_net_bar(html, position->net_fen, largest);
        clr_html_cell(html, clr_html_pick(html, role.en, role.zh));
        if (members) put_account(html, rules, position);
        clr_html_row_end(html);
        CLR_TRY(clr_fen_add(&sum.receivable_fen, position->receivable_fen));
        CLR_TRY(clr_fen_add(&sum.payable_fen, position->payable_fen));
        CLR_TRY(clr_fen_add(&sum.fee_fen, position->fee_fen));
        CLR_TRY(clr_fen_add(&sum.net_fen, position->net_fen));
    }
    clr_html_row(html, true);
    clr_html_head_cell(html, clr_html_pick(html, "Sum", "合计"));
    clr_html_cell_yuan(html, sum.receivable_fen);
    clr_html_cell_yuan(html, sum.payable_fen);
    clr_html_cell_yuan(html, sum.fee_fen);
    clr_html_cell_yuan(html, sum.net_fen);
    clr_html_raw(html, members ? "<td></td><td></td><td></td>" : "<td></td><td></td>");
    clr_html_row_end(html);
    clr_html_table_end(html);
    return CLR_OK;
}

/** Does everybody settle for itself? Then one table says it all. */
static bool same_parties(const struct clr_ledger *a, const struct clr_ledger *b)
{
    if (a->position_count != b->position_count) return false;
    for (size_t i = 0; i < a->position_count; i++)
        if (strcmp(a->position[i].who.code, b->position[i].who.code) != 0) return false;
    return true;
}

/* ---- payments ---- */

static void put_transfers(struct clr_html *html, const struct clr_books *books)
{
    clr_html_table(html, "Payments that settle the nets, through the centre", "结清净额的资金划拨（经清算中心）",
                   "Payment|Payer|Payee|#Amount|Member's account, bank|Settlement date",
                   "划拨编号|付款方|收款方|#金额|成员账户、开户行|结算日");
    for (size_t i = 0; i < books->transfer_count; i++) {
        const struct clr_transfer *const transfer = &books->transfer[i];
        clr_html_row(html, false);
        clr_html_head_cell(html, transfer->id);
        clr_html_cell_name(html, &transfer->payer);
        clr_html_cell_name(html, &transfer->payee);
        clr_html_cell_yuan(html, transfer->amount_fen);
        clr_html_raw(html, "<td class=\"day\">");
        clr_html_text(html, transfer->account);
        clr_html_raw(html, " <span class=\"code\">");
        clr_html_text(html, transfer->bank);
        clr_html_raw(html, "</span></td><td class=\"day\">");
        clr_html_day(html, transfer->settlement_day);
        clr_html_raw(html, "</td>");
        clr_html_row_end(html);
    }
    clr_html_table_end(html);
}

static void put_bilateral(struct clr_html *html, const struct clr_books *books)
{
    clr_html_table(html, "What is left between each two members when their mutual debts are set off", "成员两两之间相抵后的余额",
                   "Owes|Is owed|#Amount", "应付方|应收方|#金额");
    for (size_t i = 0; i < books->bilateral_count; i++) {
        clr_html_row(html, false);
        clr_html_head_name(html, &books->bilateral[i].payer);
        clr_html_cell_name(html, &books->bilateral[i].payee);
        clr_html_cell_yuan(html, books->bilateral[i].amount_fen);
        clr_html_row_end(html);
    }
    clr_html_table_end(html);
}

/* ---- kinds ---- */

static enum clr_status put_kinds(struct clr_html *html, const struct clr_ledger *ledger)
{
    int64_t count[CLR_KIND_COUNT] = { 0 };
    clr_fen amount_fen[CLR_KIND_COUNT] = { 0 };
    bool used[CLR_KIND_COUNT] = { false };
    for (size_t i = 0; i < ledger->matrix_count; i++) {
        const struct clr_matrix_row *const row = &ledger->matrix[i];
        if (row->kind >= CLR_KIND_COUNT) continue;
        used[row->kind] = true;
        count[row->kind] += row->count;
        CLR_TRY(clr_fen_add(&amount_fen[row->kind], row->amount_fen));
    }
    clr_html_table(html, "Obligations by kind; of fees: how many records bear the fee", "按类型的债务；手续费行的笔数为计费记录数",
                   "Kind|#Count|#Amount", "类型|#笔数|#金额");
    for (unsigned kind = 0; kind < CLR_KIND_COUNT; kind++) {
        if (!used[kind]) continue;
        clr_html_row(html, false);
        clr_html_head_cell(html, clr_html_pick(html, clr_kind_term(kind).en, clr_kind_term(kind).zh));
        clr_html_cell_count(html, count[kind]);
        clr_html_cell_yuan(html, amount_fen[kind]);
        clr_html_row_end(html);
    }
    clr_html_table_end(html);
    return CLR_OK;
}

enum clr_status clr_html_money(struct clr_html *html, const struct clr_report_window *window, const char *mark)
{
    const struct clr_books *const books = &window->books;
    if (books->members.position_count == 0) {
        say_nothing(html, "No obligation fell into this window: nobody owes anything.", "该窗口没有债务，各方互不相欠。");
        return CLR_OK;
    }
    open_part(html, mark, "positions", "Positions", "头寸");
    CLR_TRY(put_positions(html, &books->members, window->rules, true));
    open_part(html, mark, "payments", "Payments", "资金划拨");
    if (books->transfer_count > 0) put_transfers(html, books);
    else say_nothing(html, "No payment is needed.", "无需划拨。");
    return CLR_OK;
}

enum clr_status clr_html_money_detail(struct clr_html *html, const struct clr_report_window *window, const char *mark)
{
    const struct clr_books *const books = &window->books;
    if (books->members.position_count == 0) return CLR_OK;
    open_part(html, mark, "kinds", "By kind", "按类型");
    CLR_TRY(put_kinds(html, &books->participants));
    if (!same_parties(&books->members, &books->participants)) {
        open_part(html, mark, "participants", "Positions of participants", "参与方头寸");
        CLR_TRY(put_positions(html, &books->participants, window->rules, false));
    }
    open_part(html, mark, "bilateral", "Bilateral nets", "双边净额");
    if (books->bilateral_count > 0) put_bilateral(html, books);
    else say_nothing(html, "Nothing is left between any two members.", "任何两个成员之间均无余额。");
    return CLR_OK;
}
