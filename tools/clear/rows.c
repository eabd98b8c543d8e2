#include "rows.h"

#include <string.h>

const char *level_name(enum clr_level level)
{
    static const char *const names[] = { "member", "participant", "region" };
    return names[level];
}

const struct clr_window_info *window_find(const struct clr_window_info *windows, size_t count, uint8_t product, clr_day window)
{
    for (size_t i = 0; i < count; i++)
        if (windows[i].product == product && windows[i].window == window) return &windows[i];
    return NULL;
}

static struct clr_term state_term(enum clr_window_state state)
{
    static const char *const zh[CLR_WINDOW_STATE_COUNT] = { "未关闭", "已关闭", "已轧差", "已发指令", "已结算" };
    const char *name = clr_window_state_name(state);
    return (struct clr_term){ name, (unsigned)state < CLR_WINDOW_STATE_COUNT ? zh[state] : name, name };
}

/** Codes and names may be missing in a sample row. */
static const char *or_empty(const char *text)
{
    return text == NULL ? "" : text;
}

struct clr_term name_term(const struct clr_name *who)
{
    return (struct clr_term){ or_empty(who->zh), or_empty(who->zh), or_empty(who->en) };
}

void row_of_position(struct row *row, const struct clr_position *position, enum clr_level level, const struct clr_window_info *info)
{
    row_start(row);
    row_text(row, "product", "product", "业务", clr_product_term(position->product).name);
    row_day(row, "window", "window", "窗口", position->window);
    row_text(row, "participant", "participant", "参与方", or_empty(position->who.code));
    row_term(row, "name", "name", "名称", name_term(&position->who));
    row_term(row, "role", "role", "角色", clr_role_term((unsigned)position->who.role));
    row_text(row, "level", "level", "层级", level_name(level));
    row_hide(row);
    row_fen(row, "receivable_fen", "receivable", "应收", position->receivable_fen);
    row_fen(row, "payable_fen", "payable", "应付", position->payable_fen);
    row_fen(row, "fee_fen", "fee", "手续费", position->fee_fen);
    row_fen(row, "net_fen", "net", "净额", position->net_fen);
    row_balance(row, "count", "count", "笔数", position->count);
    row_term(row, "state", "state", "状态", info == NULL ? (struct clr_term){ 0 } : state_term(info->state));
    row_day(row, "settlement_date", "settles on", "结算日", info == NULL ? CLR_DAY_NONE : info->settlement_day);
    row_flag(row, "provisional", "provisional", "暂计", info == NULL || info->state == CLR_WINDOW_OPEN);
    row_hide(row);
}

void row_of_matrix(struct row *row, const struct clr_matrix_row *matrix)
{
    row_start(row);
    row_text(row, "product", "product", "业务", clr_product_term(matrix->product).name);
    row_day(row, "window", "window", "窗口", matrix->window);
    row_text(row, "payer", "payer", "付方", or_empty(matrix->payer.code));
    row_text(row, "payee", "payee", "收方", or_empty(matrix->payee.code));
    row_term(row, "kind", "kind", "类别", clr_kind_term(matrix->kind));
    row_balance(row, "count", "count", "笔数", matrix->count);
    row_fen(row, "amount_fen", "amount", "金额", matrix->amount_fen);
}

void row_of_window(struct row *row, const struct clr_window_info *window)
{
    static const uint8_t no_keys[CLR_DIGEST_SIZE] = { 0 };
    row_start(row);
    row_text(row, "product", "product", "业务", clr_product_term(window->product).name);
    row_day(row, "window", "window", "窗口", window->window);
    row_term(row, "state", "state", "状态", state_term(window->state));
    row_day(row, "settlement_date", "settles on", "结算日", window->settlement_day);
    row_count(row, "count", "obligations", "债权笔数", window->count);
    row_fen(row, "amount_fen", "amount", "金额", window->amount_fen);
    row_count(row, "pending", "waiting", "待定", window->pending);
    if (memcmp(window->keys, no_keys, sizeof no_keys) != 0) row_digest(row, "keys", "keys", "密钥组", window->keys, sizeof no_keys);
    else row_text(row, "keys", "keys", "密钥组", NULL);
    row_hide(row);
}

static void tally(struct row *row, const struct clr_figures *figures, unsigned verdict, const char *name, const char *name_fen)
{
    const struct clr_term term = clr_verdict_term(verdict);

    row_count(row, name, term.en, term.zh, figures->verdict[verdict].count);
    row_fen(row, name_fen, "amount", "金额", figures->verdict[verdict].amount_fen);
    if (verdict != CLR_VERDICT_ACCEPTED) row_hide(row);
}

void row_of_file(struct row *row, const struct clr_file_info *file)
{
    row_start(row);
    row_count(row, "admission", "no.", "受理号", file->admission);
    row_text(row, "name", "file", "文件", or_empty(file->name));
    row_text(row, "sender", "sender", "发送方", or_empty(file->sender));
    row_text(row, "file_id", "file id", "文件号", or_empty(file->file_id));
    row_hide(row);
    row_text(row, "format", "format", "格式", or_empty(file->format));
    row_digest(row, "digest", "digest", "摘要", file->digest, sizeof file->digest);
    row_hide(row);
    row_time(row, "stamp", "received", "接收时间", file->stamp);
    row_count(row, "size", "bytes", "字节数", file->size);
    row_hide(row);
    row_count(row, "rules_version", "rules", "规则版本", file->rules_version);
    row_hide(row);
    row_count(row, "records", "records", "记录", file->current.records);
    row_fen(row, "received_fen", "amount", "金额", file->current.received_fen);
    row_hide(row);
    tally(row, &file->current, CLR_VERDICT_ACCEPTED, "accepted", "accepted_fen");
    tally(row, &file->current, CLR_VERDICT_DUPLICATE, "duplicate", "duplicate_fen");
    tally(row, &file->current, CLR_VERDICT_CONFLICT, "conflict", "conflict_fen");
    tally(row, &file->current, CLR_VERDICT_REJECTED, "rejected", "rejected_fen");
    tally(row, &file->current, CLR_VERDICT_PENDING, "pending", "pending_fen");
}

void row_of_transfer(struct row *row, const struct clr_transfer *transfer)
{
    row_start(row);
    row_text(row, "id", "transfer", "划款", transfer->id);
    row_text(row, "product", "product", "业务", clr_product_term(transfer->product).name);
    row_hide(row);
    row_day(row, "window", "window", "窗口", transfer->window);
    row_text(row, "payer", "payer", "付方", or_empty(transfer->payer.code));
    row_text(row, "payee", "payee", "收方", or_empty(transfer->payee.code));
    row_fen(row, "amount_fen", "amount", "金额", transfer->amount_fen);
    row_day(row, "settlement_date", "settles on", "结算日", transfer->settlement_day);
    row_text(row, "account", "account", "账号", or_empty(transfer->account));
    row_text(row, "bank", "bank", "开户行", or_empty(transfer->bank));
    row_hide(row);
}

void row_of_move(struct row *row, const struct clr_window_move *move)
{
    row_start(row);
    row_text(row, "product", "product", "业务", clr_product_term(move->product).name);
    row_day(row, "window", "window", "窗口", move->window);
    row_term(row, "from", "from", "原状态", state_term(move->from));
    row_term(row, "to", "to", "现状态", state_term(move->to));
}

void row_of_invariant(struct row *row, const struct clr_invariant *invariant)
{
    row_start(row);
    row_text(row, "name", "invariant", "恒等式", or_empty(invariant->name));
    row_flag(row, "held", "holds", "成立", invariant->held);
    row_text(row, "detail", "detail", "说明", invariant->detail);
}

void row_of_output(struct row *row, const struct clr_output *output)
{
    row_start(row);
    row_text(row, "path", "output", "输出文件", output->path);
    row_digest(row, "digest", "digest", "摘要", output->digest, sizeof output->digest);
}
