/* html_inputs.c: what came in: verdicts and their reasons, senders, files, and how the files add up to the windows. */
#include <stdlib.h>
#include <string.h>

#include "publish/html_parts.h"

/* ---- reasons ---- */

static void put_tally_row(struct clr_html *html, const char *first, const char *second, const struct clr_tally *tally, bool total)
{
    clr_html_row(html, total);
    clr_html_head_cell(html, first);
    clr_html_cell(html, second);
    clr_html_cell_count(html, (int64_t)tally->count);
    clr_html_cell_yuan(html, tally->amount_fen);
    clr_html_row_end(html);
}

static void put_reasons(struct clr_html *html, const struct clr_figures *received)
{
    const struct clr_tally all = { received->records, received->received_fen };
    clr_html_table(html, "Verdicts at admission, by primary reason", "受理时的判定（按主要原因）", "Verdict|Reason|#Records|#Amount",
                   "判定|原因|#记录|#金额");
    for (unsigned verdict = 0; verdict < CLR_VERDICT_COUNT; verdict++) {
        const struct clr_term of = clr_verdict_term(verdict);
        if (verdict == CLR_VERDICT_ACCEPTED) put_tally_row(html, clr_html_pick(html, of.en, of.zh), "", &received->verdict[verdict], false);
        for (unsigned bit = 0; bit < CLR_REASON_COUNT; bit++) {
            const struct clr_term reason = clr_reason_term(bit);
            if (received->reason[bit].count == 0 || (unsigned)clr_verdict_of(UINT64_C(1) << bit) != verdict) continue;
            put_tally_row(html, clr_html_pick(html, of.en, of.zh), clr_html_pick(html, reason.en, reason.zh), &received->reason[bit],
                          false);
        }
    }
    put_tally_row(html, clr_html_pick(html, "Received", "收到"), "", &all, true);
    clr_html_table_end(html);
}

static void put_notes(struct clr_html *html, const struct clr_figures *received)
{
    for (unsigned note = 0; note < CLR_NOTE_COUNT; note++) {
        if (received->note[note].count == 0) continue;
        clr_html_raw(html, "<p class=\"soft\">");
        clr_html_count(html, (int64_t)received->note[note].count);
        clr_html_say(html, " of the accepted records carry the remark: ", " 条接受的记录带有备注：");
        clr_html_say(html, clr_note_term(note).en, clr_note_term(note).zh);
        clr_html_raw(html, "</p>\n");
    }
}

/* ---- senders ---- */

static int by_sender(const void *a, const void *b)
{
    const struct clr_file *const first = *(const struct clr_file *const *)a, *const second = *(const struct clr_file *const *)b;
    const int order = strcmp(first->sender, second->sender);
    return order != 0 ? order : (first->admission > second->admission) - (first->admission < second->admission);
}

static void put_verdict_cells(struct clr_html *html, const struct clr_figures *figures)
{
    clr_html_cell_count(html, (int64_t)figures->records);
    clr_html_cell_yuan(html, figures->received_fen);
    for (unsigned verdict = 0; verdict < CLR_VERDICT_COUNT; verdict++) clr_html_cell_count(html, (int64_t)figures->verdict[verdict].count);
    clr_html_cell_yuan(html, figures->verdict[CLR_VERDICT_ACCEPTED].amount_fen);
}

#define VERDICT_HEADS_EN "#Records|#Amount|#Accepted|#Duplicate|#Conflict|#Rejected|#Pending|#Accepted amount"
#define VERDICT_HEADS_ZH "#记录|#金额|#接受|#重复|#冲突|#拒绝|#待定|#接受金额"

/** Files stand by sender in `sorted`: each run of one sender is one row. */
static enum clr_status put_sender_rows(struct clr_html *html, const struct clr_file *const *sorted, size_t count)
{
    for (size_t i = 0; i < count;) {
        struct clr_figures sum = { 0 };
        const size_t first = i;
        for (; i < count && strcmp(sorted[i]->sender, sorted[first]->sender) == 0; i++) CLR_TRY(clr_figures_add(&sum, &sorted[i]->first));
        clr_html_row(html, false);
        clr_html_head_cell(html, sorted[first]->sender);
        clr_html_cell_count(html, (int64_t)(i - first));
        put_verdict_cells(html, &sum);
        clr_html_row_end(html);
    }
    return CLR_OK;
}

static enum clr_status put_senders(struct clr_html *html, const struct clr_report_facts *facts)
{
    const struct clr_file **const sorted = calloc(facts->file_count + 1, sizeof *sorted);
    if (sorted == NULL) return CLR_FULL;
    for (size_t i = 0; i < facts->file_count; i++) sorted[i] = &facts->file[i];
    qsort(sorted, facts->file_count, sizeof *sorted, by_sender);
    clr_html_table(html, "Verdicts at admission, by sender", "受理时的判定（按发送方）", "Sender|#Files|" VERDICT_HEADS_EN,
                   "发送方|#文件|" VERDICT_HEADS_ZH);
    const enum clr_status status = put_sender_rows(html, sorted, facts->file_count);
    clr_html_row(html, true);
    clr_html_head_cell(html, clr_html_pick(html, "Sum", "合计"));
    clr_html_cell_count(html, (int64_t)facts->file_count);
    put_verdict_cells(html, &facts->received);
    clr_html_row_end(html);
    clr_html_table_end(html);
    free(sorted);
    return status;
}

/* ---- files ---- */

static const char *base_name(const char *path)
{
    const char *const slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/** What the file brought into all windows of the report. */
static enum clr_status share_of(const struct clr_report_facts *facts, uint32_t admission, struct clr_report_share *out)
{
    *out = (struct clr_report_share){ 0 };
    for (size_t i = 0; i < facts->part_count; i++) {
        if (facts->part[i].admission != admission) continue;
        out->count += facts->part[i].share.count;
        CLR_TRY(clr_fen_add(&out->amount_fen, facts->part[i].share.amount_fen));
    }
    return CLR_OK;
}

static void put_share_row(struct clr_html *html, const char *what, const struct clr_report_share *share, bool total)
{
    clr_html_row(html, total);
    clr_html_head_cell(html, what);
    clr_html_raw(html, "<td></td><td></td><td></td><td></td>");
    clr_html_cell_count(html, share->count);
    clr_html_cell_yuan(html, share->amount_fen);
    clr_html_row_end(html);
}

static void put_file_row(struct clr_html *html, const struct clr_file *file, const struct clr_report_share *share)
{
    char stamp[CLR_TIME_TEXT_SIZE];
    const struct clr_term format = clr_format_term(file->format);
    clr_html_row(html, false);
    clr_html_format(html, "<th scope=\"row\"><span class=\"code\">r%u</span> ", file->admission);
    clr_html_text(html, base_name(file->name));
    clr_html_raw(html, "</th>");
    clr_html_cell(html, file->sender);
    clr_html_cell(html, clr_html_pick(html, format.en, format.zh));
    clr_html_raw(html, "<td class=\"day\">");
    clr_html_text(html, clr_time_text(file->stamp, stamp));
    clr_html_raw(html, "</td>");
    clr_html_cell_count(html, (int64_t)file->first.records);
    clr_html_cell_count(html, share->count);
    clr_html_cell_yuan(html, share->amount_fen);
    clr_html_row_end(html);
}

static enum clr_status put_files(struct clr_html *html, const struct clr_report_facts *facts)
{
    struct clr_report_share later = { 0 }, total = { 0 };
    clr_html_table(html, "Files, and the obligations that each brought into the windows of this report", "文件及其带入本报告窗口的债务",
                   "File|Sender|Format|Received|#Records|#Obligations|#Amount", "文件|发送方|格式|接收时间|#记录|#债务笔数|#金额");
    for (size_t i = 0; i < facts->file_count; i++) {
        struct clr_report_share share;
        CLR_TRY(share_of(facts, facts->file[i].admission, &share));
        put_file_row(html, &facts->file[i], &share);
        total.count += share.count;
        CLR_TRY(clr_fen_add(&total.amount_fen, share.amount_fen));
    }
    for (size_t i = 0; i < facts->window_count; i++) {
        later.count += facts->window[i].later.count;
        CLR_TRY(clr_fen_add(&later.amount_fen, facts->window[i].later.amount_fen));
    }
    total.count += later.count;
    CLR_TRY(clr_fen_add(&total.amount_fen, later.amount_fen));
    put_share_row(html, clr_html_pick(html, "Decided or examined later", "事后裁决或复核"), &later, false);
    put_share_row(html, clr_html_pick(html, "Turnover", "交易额合计"), &total, true);
    clr_html_table_end(html);
    return CLR_OK;
}

static void put_examined(struct clr_html *html, const struct clr_report_facts *facts)
{
    for (size_t i = 0; i < facts->settlement_count; i++) {
        const struct clr_settlement *const settlement = &facts->settlement[i];
        clr_html_raw(html, "<p>");
        clr_html_say(html, "Pending records examined again by settlement #", "结算批次 #");
        clr_html_count(html, (int64_t)settlement->number);
        clr_html_say(html, ": accepted ", " 对待定记录的复核：转为接受 ");
        clr_html_count(html, (int64_t)settlement->promoted);
        clr_html_say(html, ", expired ", "，到期 ");
        clr_html_count(html, (int64_t)settlement->expired);
        clr_html_say(html, ", superseded ", "，被取代 ");
        clr_html_count(html, (int64_t)settlement->superseded);
        clr_html_say(html, ".", "。");
        clr_html_raw(html, "</p>\n");
    }
}

enum clr_status clr_html_inputs(struct clr_html *html, const struct clr_report_facts *facts)
{
    clr_html_section(html, "inputs", "What came in", "收到的数据");
    if (facts->file_count == 0) {
        clr_html_raw(html, "<p class=\"soft\">");
        clr_html_say(html, "No file brought anything into these windows.", "没有文件向这些窗口带入数据。");
        clr_html_raw(html, "</p>\n");
        clr_html_section_end(html);
        return CLR_OK;
    }
    clr_html_raw(html, "<p class=\"soft\">");
    clr_html_say(html, "Figures of whole files, as judged when they came in. A file may also hold records of other windows.",
                 "以下为整个文件在受理时的判定数字；文件中可能含有其他窗口的记录。");
    clr_html_raw(html, "</p>\n<h3>");
    clr_html_say(html, "Verdicts and reasons", "判定与原因");
    clr_html_raw(html, "</h3>\n");
    put_reasons(html, &facts->received);
    put_notes(html, &facts->received);
    put_examined(html, facts);
    clr_html_raw(html, "<h3>");
    clr_html_say(html, "Senders", "发送方");
    clr_html_raw(html, "</h3>\n");
    CLR_TRY(put_senders(html, facts));
    clr_html_raw(html, "<h3>");
    clr_html_say(html, "Files", "文件");
    clr_html_raw(html, "</h3>\n");
    CLR_TRY(put_files(html, facts));
    clr_html_section_end(html);
    return CLR_OK;
}
