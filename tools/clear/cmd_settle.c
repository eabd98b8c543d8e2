/* cmd_settle.c: close windows up to a date, net, gate, write the settlement. */
#include <stdio.h>
#include <string.h>

#include "cmds.h"
#include "keys_open.h"
#include "rows.h"
#include "text.h"

/** A list: its head from a zeroed item, then a row an item. `fill` makes the row. */
#define SHOW_LIST(cli, json, key, title, type, fill, items, count)                               \
    do {                                                                                         \
        struct listing listing;                                                                  \
        struct row row;                                                                          \
        fill(&row, &(type){ 0 });                                                                \
        listing_open(&listing, cli, json, key, title, &row);                                     \
        for (size_t item = 0; item < (count); item++) {                                          \
            fill(&row, &(items)[item]);                                                          \
            listing_add(&listing, &row);                                                         \
        }                                                                                        \
        listing_close(&listing);                                                                 \
    } while (0)

/** The member's transfer in that window: what it pays or is paid, when, on which account. NULL when its net is zero or it is the centre. */
static const struct clr_transfer *transfer_of(const struct clr_settled *settled, const struct clr_position *position)
{
    if (position->who.role == CLR_ROLE_CENTRE) return NULL;         /* it stands on one side of every transfer */
    for (size_t i = 0; i < settled->transfer_count; i++) {
        const struct clr_transfer *transfer = &settled->transfer[i];
        const struct clr_name *member = position->net_fen < 0 ? &transfer->payer : &transfer->payee;
        if (transfer->product == position->product && transfer->window == position->window && strcmp(member->code, position->who.code) == 0)
            return transfer;
    }
    return NULL;
}

static void member_row(struct row *row, const struct clr_position *position, const struct clr_transfer *transfer)
{
    const struct clr_name *who = &position->who;

    row_start(row);
    row_text(row, "product", "product", "业务", clr_product_term(position->product).name);
    row_hide(row);
    row_day(row, "window", "window", "窗口", position->window);
    row_text(row, "participant", "member", "成员", who->code == NULL ? "" : who->code);
    row_term(row, "name", "name", "名称", name_term(who));
    row_fen(row, "receivable_fen", "receivable", "应收", position->receivable_fen);
    row_fen(row, "payable_fen", "payable", "应付", position->payable_fen);
    row_fen(row, "fee_fen", "fee", "手续费", position->fee_fen);
    row_fen(row, "net_fen", "net", "净额", position->net_fen);
    row_day(row, "settlement_date", "settles on", "结算日", transfer == NULL ? CLR_DAY_NONE : transfer->settlement_day);
    row_text(row, "account", "account", "账号", transfer == NULL ? NULL : transfer->account);
}

static void members_show(struct cli *cli, struct json *json, const struct clr_settled *settled)
{
    struct listing listing;
    struct row row;

    member_row(&row, &(struct clr_position){ 0 }, NULL);
    listing_open(&listing, cli, json, "members", text_of("Settlement", "结算"), &row);
    for (size_t i = 0; i < settled->members.position_count; i++) {
        const struct clr_position *position = &settled->members.position[i];
        member_row(&row, position, transfer_of(settled, position));
        listing_add(&listing, &row);
    }
    listing_close(&listing);
}

static void lists_show(struct cli *cli, struct json *json, const struct clr_settled *settled)
{
    SHOW_LIST(cli, json, "windows", text_of("Windows closed", "关闭的窗口"), struct clr_window_move, row_of_move,
              settled->window, settled->window_count);
    members_show(cli, json, settled);
    SHOW_LIST(cli, json, "transfers", text_of("Transfers", "划款"), struct clr_transfer, row_of_transfer,
              settled->transfer, settled->transfer_count);
    SHOW_LIST(cli, json, "invariants", text_of("Invariants", "恒等式"), struct clr_invariant, row_of_invariant,
              settled->invariant, settled->invariant_count);
    SHOW_LIST(cli, json, "outputs", text_of("Outputs", "输出"), struct clr_output, row_of_output,
              settled->output, settled->output_count);
}

static void settle_json(struct cli *cli, const struct clr_settled *settled, enum clr_status status)
{
    struct json json;

    cli_json_start(cli, &json, status);
    json_flag(&json, "already", settled->already);
    json_count(&json, "promoted", settled->promoted);
    json_count(&json, "expired", settled->expired);
    json_count(&json, "superseded", settled->superseded);
    json_count(&json, "packages_overdue", settled->packages_overdue);
    lists_show(cli, &json, settled);
    cli_json_end(cli, &json, status);
}

static void say_summary(struct cli *cli, const struct clr_settled *settled)
{
    if (settled->already) cli_note(cli, "this settlement was done before; here is what it did", "此结算此前已完成；以下是当时的结果");
    if (settled->window_count == 0) cli_note(cli, "no window was open up to that date; every day up to it is closed", "截至该日没有未关闭的窗口；该日及之前的各日均已关闭");
    if (settled->promoted + settled->expired + settled->superseded > 0)
        cli_note(cli, "waiting records: %llu counted now, %llu expired, %llu superseded",
                 "待定记录：%llu 条现已计入，%llu 条到期，%llu 条被取代",
                 (unsigned long long)settled->promoted, (unsigned long long)settled->expired, (unsigned long long)settled->superseded);
}

static void say_overdue(struct cli *cli, const struct clr_settled *settled)
{
    if (settled->packages_overdue == 0) return;
    cli_note(cli, "%llu packages wait for an account or dispute result past their day; see `clear records --reason awaiting-account` and `--reason disputed`",
             "%llu 个交易包的记账结果或争议处理已逾期；见 `clear records --reason awaiting-account` 与 `--reason disputed`",
             (unsigned long long)settled->packages_overdue);
}

static enum clr_status settle(struct cli *cli, struct clr_settled *settled)
{
    CLR_TRY(cli_require(cli, OPTION_ID_DATE));
    CLR_TRY(cli_open(cli, false));
    CLR_TRY(cli_use_keys(cli));
    return clr_settle(cli->store, cli_day(cli, OPTION_ID_DATE), cli_product(cli), cli_text(cli, OPTION_ID_OUT_DIR, NULL), cli->dry_run,
                      settled, &cli->fault);
}

int cmd_settle(struct cli *cli)
{
    struct clr_settled settled = { 0 };
    const enum clr_status status = cli_audit(cli, settle(cli, &settled));

    if (cli->json) settle_json(cli, &settled, status);
    else if (status == CLR_OK || settled.invariant_count > 0) lists_show(cli, NULL, &settled);      /* which invariant broke, too */
    if (status != CLR_OK) cli_say_fault(cli, &cli->fault, status);
    else say_summary(cli, &settled);
    if (status == CLR_OK) say_overdue(cli, &settled);
    if (status == CLR_OK) cli_note_dry_run(cli);
    clr_settled_free(&settled);
    return cli_exit_code(status);
}
