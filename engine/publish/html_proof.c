/* html_proof.c: the invariants that held, and the digests of rules, files and outputs. */
#include <string.h>

#include "publish/html_parts.h"
#include "settle/output.h"

static const struct { const char *name, *en, *zh; } invariants[] = {
    { "net-sum-zero", "The nets of all participants sum to exactly zero", "全部参与方净额合计正好为零" },
    { "receivable-equals-payable", "What is to be received equals what is to be paid", "应收合计等于应付合计" },
    { "positions-equal-deltas", "The positions are the sum of what every file and event brought", "头寸等于各文件与事件带入数额之和" },
    { "journal-balanced", "Every journal entry balances", "每笔分录借贷平衡" },
    { "journal-equals-positions", "The journal gives the positions", "分录与头寸一致" },
    { "files-add-up", "Verdicts of every file add up to what was received", "每个文件的各项判定合计等于收到的数额" },
};

/** All files of the store are checked; only those of the report are counted here, or the next file would change a settled report. */
static void put_detail(struct clr_html *html, const struct clr_report_facts *facts, const struct clr_invariant *invariant)
{
    if (strcmp(invariant->name, "files-add-up") == 0) clr_html_format(html, "files %zu", facts->file_count);
    else clr_html_text(html, invariant->detail);
}

static void put_invariant(struct clr_html *html, const struct clr_report_facts *facts, const struct clr_report_window *window,
                          const struct clr_invariant *invariant)
{
    const char *called = invariant->name;
    for (size_t i = 0; i < sizeof invariants / sizeof *invariants; i++)
        if (strcmp(invariants[i].name, invariant->name) == 0) called = clr_html_pick(html, invariants[i].en, invariants[i].zh);
    clr_html_row(html, false);
    clr_html_head_cell(html, called);
    clr_html_raw(html, "<td class=\"day\">");
    clr_html_window_name(html, window);
    clr_html_raw(html, invariant->held ? "</td><td class=\"good day\">" : "</td><td class=\"bad day\">");
    clr_html_text(html, invariant->held ? clr_html_pick(html, "✓ holds", "✓ 成立") : clr_html_pick(html, "✗ broken", "✗ 不成立"));
    clr_html_raw(html, "</td><td class=\"code\">");
    put_detail(html, facts, invariant);
    clr_html_raw(html, "</td>");
    clr_html_row_end(html);
}

static void put_invariants(struct clr_html *html, const struct clr_report_facts *facts)
{
    clr_html_table(html, "Checked when this report was made; if one broke there would be no report",
                   "生成本报告时核对；任何一项不成立则不出报告",
                   "Invariant|Window|Result|Figures", "恒等式|窗口|结果|数值");
    for (size_t i = 0; i < facts->window_count; i++) {
        const struct clr_books *const books = &facts->window[i].books;
        for (size_t k = 0; k < books->invariant_count; k++) put_invariant(html, facts, &facts->window[i], &books->invariant[k]);
    }
    clr_html_table_end(html);
}

/* ---- digests ---- */

static void put_digest_cell(struct clr_html *html, const uint8_t *digest)
{
    clr_html_raw(html, "<td class=\"hex\">");
    clr_html_digest(html, digest, CLR_DIGEST_SIZE);
    clr_html_raw(html, "</td>");
}

static enum clr_status put_rules(struct clr_html *html, const struct clr_report_facts *facts)
{
    for (uint32_t version = 1; version <= facts->store->rules_count; version++) {
        const struct clr_rules *rules;
        if (!facts->rules_used[version]) continue;
        CLR_TRY(clr_store_rules_get(facts->store, version, &rules, NULL));
        clr_html_row(html, false);
        clr_html_head_cell(html, clr_html_pick(html, "Rules", "规则"));
        clr_html_format(html, html->zh ? "<td>版本 %u</td>" : "<td>version %u</td>", version);
        put_digest_cell(html, rules->digest);
        clr_html_row_end(html);
    }
    return CLR_OK;
}

static void put_files(struct clr_html *html, const struct clr_report_facts *facts)
{
    for (size_t i = 0; i < facts->file_count; i++) {
        const char *const slash = strrchr(facts->file[i].name, '/');
        clr_html_row(html, false);
        clr_html_head_cell(html, clr_html_pick(html, "File received", "收到的文件"));
        clr_html_format(html, "<td><span class=\"code\">r%u</span> ", facts->file[i].admission);
        clr_html_text(html, slash != NULL ? slash + 1 : facts->file[i].name);
        clr_html_raw(html, "</td>");
        put_digest_cell(html, facts->file[i].received);
        clr_html_row_end(html);
    }
}

static void put_outputs(struct clr_html *html, const struct clr_report_facts *facts)
{
    for (size_t i = 0; i < facts->settlement_count; i++) {
        const struct clr_settlement *const settlement = &facts->settlement[i];
        for (unsigned k = 0; k < settlement->output_count && k < CLR_SETTLE_OUTPUTS; k++) {
            clr_html_row(html, false);
            clr_html_head_cell(html, clr_html_pick(html, "Settlement output", "结算输出"));
            clr_html_raw(html, "<td>");
            clr_html_text(html, clr_output_name(k));
            clr_html_format(html, " <span class=\"code\">#%llu</span></td>", (unsigned long long)settlement->number);
            put_digest_cell(html, settlement->output[k]);
            clr_html_row_end(html);
        }
    }
}

enum clr_status clr_html_proof(struct clr_html *html, const struct clr_report_facts *facts)
{
    clr_html_section(html, "proof", "Checks and digests", "核对与摘要");
    if (facts->window_count > 0) put_invariants(html, facts);
    clr_html_raw(html, "<h3>");
    clr_html_say(html, "Digests", "摘要");
    clr_html_raw(html, "</h3>\n");
    clr_html_table(html, "Of files: the root over chunks of 1 MiB as received; of rules and outputs: SHA-256",
                   "文件：按收到字节每 1 MiB 分块的树根；规则与输出：SHA-256",
                   "What|Which|Digest", "类别|名称|摘要");
    const enum clr_status status = put_rules(html, facts);
    put_files(html, facts);
    put_outputs(html, facts);
    clr_html_table_end(html);
    clr_html_section_end(html);
    return status;
}
