/* html_head.c: what a report is about: its date, its windows, the figures that matter. */
#include <stdio.h>

#include "publish/html_parts.h"

static const struct { const char *en, *zh; } states[CLR_WINDOW_STATE_COUNT] = {
    [CLR_WINDOW_OPEN] = { "open", "开放" },
    [CLR_WINDOW_CLOSED] = { "closed", "已关闭" },
    [CLR_WINDOW_NETTED] = { "netted", "已轧差" },
    [CLR_WINDOW_INSTRUCTED] = { "instructed", "已记账" },
    [CLR_WINDOW_SETTLED] = { "settled", "已结算" },
};

static const char *term(const struct clr_html *html, struct clr_term of) { return clr_html_pick(html, of.en, of.zh); }

void clr_html_window_name(struct clr_html *html, const struct clr_report_window *window)
{
    clr_html_text(html, term(html, clr_product_term((unsigned)window->alone.product)));
    clr_html_raw(html, " ");
    clr_html_day(html, window->alone.day);
}

/* ---- head ---- */

static void put_title(struct clr_html *html, const struct clr_report_facts *facts)
{
    clr_html_say(html, "Settlement report ", "结算报告 ");
    clr_html_day(html, facts->date);
}

static void open_fact(struct clr_html *html, const char *en, const char *zh)
{
    clr_html_raw(html, "<dt>");
    clr_html_say(html, en, zh);
    clr_html_raw(html, "</dt><dd>");
}

/** Stamps of the files, the only times that a report knows. */
static void put_stamps(struct clr_html *html, const struct clr_report_facts *facts)
{
    char text[CLR_TIME_TEXT_SIZE];
    int64_t first = CLR_TIME_NONE, last = CLR_TIME_NONE;
    for (size_t i = 0; i < facts->file_count; i++) {
        const int64_t stamp = facts->file[i].stamp;
        if (stamp == CLR_TIME_NONE) continue;
        if (first == CLR_TIME_NONE || stamp < first) first = stamp;
        if (stamp > last) last = stamp;
    }
    if (first == CLR_TIME_NONE) return;
    open_fact(html, "Files received", "文件接收时间");
    clr_html_text(html, clr_time_text(first, text));
    if (last != first) {
        clr_html_say(html, " to ", " 至 ");
        clr_html_text(html, clr_time_text(last, text));
    }
    clr_html_raw(html, "</dd>\n");
}

static void put_facts(struct clr_html *html, const struct clr_report_facts *facts)
{
    clr_html_raw(html, "<dl class=\"facts\">\n");
    open_fact(html, "Product", "业务");
    if (facts->product == CLR_ALL_PRODUCTS) clr_html_say(html, "all", "全部");
    else clr_html_text(html, term(html, clr_product_term((unsigned)facts->product)));
    clr_html_raw(html, "</dd>\n");
    open_fact(html, "Made from", "数据来源");
    clr_html_count(html, (int64_t)facts->file_count);
    clr_html_say(html, " files, ", " 个文件，");
    clr_html_count(html, (int64_t)facts->received.records);
    clr_html_say(html, " records", " 条记录");
    clr_html_raw(html, "</dd>\n");
    put_stamps(html, facts);
    for (size_t i = 0; i < facts->settlement_count; i++) {
        const struct clr_settlement *const settlement = &facts->settlement[i];
        open_fact(html, "Settlement", "结算批次");
        clr_html_raw(html, "#");
        clr_html_count(html, (int64_t)settlement->number);
        clr_html_say(html, " of ", "，日期 ");
        clr_html_day(html, settlement->day);
        if (html->zh) clr_html_format(html, "，规则版本 %u", settlement->rules_version);
        else clr_html_format(html, ", rules version %u", settlement->rules_version);
        clr_html_raw(html, "</dd>\n");
    }
    open_fact(html, "Amounts", "金额");
    clr_html_say(html, "CNY yuan; a positive net is received, a negative one is paid", "人民币元；轧差净额为正是应收，为负是应付");
    clr_html_raw(html, "</dd>\n</dl>\n");
}

static void put_windows(struct clr_html *html, const struct clr_report_facts *facts)
{
    if (facts->window_count == 0) {
        clr_html_raw(html, "<p>");
        clr_html_say(html, "Nothing fell into a window of this date: there is nothing to settle.",
                     "该日没有落入任何窗口的交易，无需结算。");
        clr_html_raw(html, "</p>\n");
        return;
    }
    clr_html_table(html, "Settlement windows", "结算窗口", "Product|Business date|State|Settlement date|#Obligations|#Turnover",
                   "业务|清算日|状态|结算日|#债务笔数|#交易额");
    for (size_t i = 0; i < facts->window_count; i++) {
        const struct clr_report_window *const window = &facts->window[i];
        const struct clr_window_info *const info = clr_report_info(window);
        clr_html_row(html, false);
        clr_html_head_cell(html, term(html, clr_product_term(info->product)));
        clr_html_raw(html, "<td class=\"day\">");
        clr_html_day(html, info->window);
        clr_html_raw(html, "</td>");
        clr_html_cell(html, clr_html_pick(html, states[window->state].en, states[window->state].zh));
        clr_html_raw(html, "<td class=\"day\">");
        clr_html_day(html, info->settlement_day);
        clr_html_raw(html, "</td>");
        clr_html_cell_count(html, (int64_t)info->count);
        clr_html_cell_yuan(html, info->amount_fen);
        clr_html_row_end(html);
    }
    clr_html_table_end(html);
}

static bool any_open(const struct clr_report_facts *facts)
{
    for (size_t i = 0; i < facts->window_count; i++)
        if (facts->window[i].state == CLR_WINDOW_OPEN) return true;
    return false;
}

void clr_html_head(struct clr_html *html, const struct clr_report_facts *facts)
{
    clr_html_format(html, "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", html->zh ? "zh-CN" : "en");
    clr_html_raw(html, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                       "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                       "<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    put_title(html, facts);
    clr_html_raw(html, "</title>\n<style>\n");
    clr_html_raw(html, clr_html_style());
    clr_html_raw(html, "</style>\n</head>\n<body>\n<main>\n<header>\n<h1>");
    put_title(html, facts);
    clr_html_raw(html, "</h1>\n</header>\n");
    clr_html_section(html, "about", "What was settled", "结算内容");
    if (any_open(facts)) {
        clr_html_raw(html, "<p class=\"note\">");
        clr_html_say(html, "Preliminary: a window of this report is still open, and its figures can change.",
                     "初步数据：本报告含尚未关闭的窗口，其数字仍可能变化。");
        clr_html_raw(html, "</p>\n");
    }
    put_windows(html, facts);
    put_facts(html, facts);
    clr_html_section_end(html);
}

/* ---- key figures ---- */

static void open_key(struct clr_html *html, const char *class, const char *en, const char *zh)
{
    clr_html_format(html, "<li class=\"%s\"><span>", class);
    clr_html_say(html, en, zh);
    clr_html_raw(html, "</span><b>");
}

static void put_verdict(struct clr_html *html, const struct clr_report_facts *facts, unsigned verdict, const char *en, const char *zh)
{
    const struct clr_tally *const tally = &facts->received.verdict[verdict];
    open_key(html, "verdict", en, zh);
    clr_html_count(html, (int64_t)tally->count);
    clr_html_raw(html, "</b><span>");
    clr_html_yuan(html, tally->amount_fen);
    clr_html_raw(html, "</span></li>\n");
}

struct sums { clr_fen turnover_fen, paid_fen, net_fen; int64_t obligations, payments; };

static enum clr_status sum_up(const struct clr_report_facts *facts, struct sums *sums)
{
    for (size_t i = 0; i < facts->window_count; i++) {
        const struct clr_books *const books = &facts->window[i].books;
        sums->obligations += (int64_t)books->window[0].count;
        sums->payments += (int64_t)books->transfer_count;
        CLR_TRY(clr_fen_add(&sums->turnover_fen, books->window[0].amount_fen));
        for (size_t k = 0; k < books->transfer_count; k++) CLR_TRY(clr_fen_add(&sums->paid_fen, books->transfer[k].amount_fen));
        for (size_t k = 0; k < books->members.position_count; k++) CLR_TRY(clr_fen_add(&sums->net_fen, books->members.position[k].net_fen));
    }
    return CLR_OK;
}

enum clr_status clr_html_key_figures(struct clr_html *html, const struct clr_report_facts *facts)
{
    struct sums sums = { 0 };
    CLR_TRY(sum_up(facts, &sums));
    clr_html_section(html, "figures", "Key figures", "主要数字");
    clr_html_raw(html, "<ul class=\"keys\">\n");
    open_key(html, "main", "Turnover", "交易额");
    clr_html_yuan(html, sums.turnover_fen);
    clr_html_raw(html, "</b><span>");
    clr_html_count(html, sums.obligations);
    clr_html_say(html, " obligations", " 笔债务");
    clr_html_raw(html, "</span></li>\n");
    open_key(html, "main", "Payments", "资金划拨");
    clr_html_yuan(html, sums.paid_fen);
    clr_html_raw(html, "</b><span>");
    clr_html_count(html, sums.payments);
    clr_html_say(html, " payments of net amounts", " 笔净额划拨");
    clr_html_raw(html, "</span></li>\n");
    open_key(html, "held", "Sum of all nets", "净额合计");
    clr_html_yuan(html, sums.net_fen);
    clr_html_raw(html, sums.net_fen == 0 ? "</b><span class=\"good\">" : "</b><span class=\"bad\">");
    if (sums.net_fen == 0) clr_html_say(html, "✓ exactly zero", "✓ 正好为零");
    else clr_html_say(html, "✗ not zero", "✗ 不为零");
    clr_html_raw(html, "</span></li>\n");
    open_key(html, "verdict", "Records received", "收到记录");
    clr_html_count(html, (int64_t)facts->received.records);
    clr_html_raw(html, "</b><span>");
    clr_html_yuan(html, facts->received.received_fen);
    clr_html_raw(html, "</span></li>\n");
    put_verdict(html, facts, CLR_VERDICT_ACCEPTED, "Accepted", "接受");
    put_verdict(html, facts, CLR_VERDICT_DUPLICATE, "Duplicates", "重复");
    put_verdict(html, facts, CLR_VERDICT_CONFLICT, "Conflicts", "冲突");
    put_verdict(html, facts, CLR_VERDICT_REJECTED, "Rejected", "拒绝");
    put_verdict(html, facts, CLR_VERDICT_PENDING, "Pending", "待定");
    clr_html_raw(html, "</ul>\n");
    clr_html_section_end(html);
    return CLR_OK;
}
