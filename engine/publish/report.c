/* report.c: the page, part by part, and the file it becomes. */
#include "publish/report.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/outplace.h"
#include "ingest/digest.h"
#include "publish/html_parts.h"

/* ---- the page ---- */

/** "transit-2026-03-03": what the parts of a window are called in links. */
static const char *mark_of(const struct clr_report_window *window, char mark[64])
{
    char day[CLR_DAY_TEXT_SIZE];
    snprintf(mark, 64, "%s-%s", clr_product_term((unsigned)window->alone.product).name, clr_day_text(window->alone.day, day));
    return mark;
}

static void put_link(struct clr_html *html, const char *id, const char *en, const char *zh)
{
    clr_html_format(html, "<a href=\"#%s\">", id);
    clr_html_say(html, en, zh);
    clr_html_raw(html, "</a>\n");
}

static void put_links(struct clr_html *html, const struct clr_report_facts *facts)
{
    clr_html_raw(html, "<nav aria-label=\"");
    clr_html_say(html, "Parts of this report", "报告各部分");
    clr_html_raw(html, "\">\n");
    put_link(html, "figures", "Key figures", "主要数字");
    for (size_t i = 0; i < facts->window_count; i++) {
        char mark[64];
        clr_html_format(html, "<a href=\"#%s\">", mark_of(&facts->window[i], mark));
        clr_html_window_name(html, &facts->window[i]);
        clr_html_raw(html, "</a>\n");
    }
    put_link(html, "inputs", "What came in", "收到的数据");
    put_link(html, "proof", "Checks and digests", "核对与摘要");
    clr_html_raw(html, "</nav>\n");
}

static enum clr_status put_window(struct clr_html *html, const struct clr_report_window *window)
{
    char mark[64];
    mark_of(window, mark);
    clr_html_format(html, "<section id=\"%s\">\n<h2>", mark);
    clr_html_say(html, "Window ", "窗口 ");
    clr_html_window_name(html, window);
    clr_html_raw(html, "</h2>\n");
    CLR_TRY(clr_html_money(html, window, mark));
    CLR_TRY(clr_html_matrix(html, window, mark));
    clr_html_hours(html, window, mark);
    CLR_TRY(clr_html_money_detail(html, window, mark));
    CLR_TRY(clr_html_matrix_rows(html, window, mark));
    clr_html_section_end(html);
    return CLR_OK;
}

static enum clr_status put_page(struct clr_html *html, const struct clr_report_facts *facts)
{
    clr_html_head(html, facts);
    put_links(html, facts);
    CLR_TRY(clr_html_key_figures(html, facts));
    for (size_t i = 0; i < facts->window_count; i++) CLR_TRY(put_window(html, &facts->window[i]));
    CLR_TRY(clr_html_inputs(html, facts));
    CLR_TRY(clr_html_proof(html, facts));
    clr_html_raw(html, "<footer><p>");
    clr_html_say(html,
                 "Made from the store alone: the same store gives the same bytes, on any machine, at any time. "
                 "No card number and no single record is in it.",
                 "本报告仅由存储数据生成：相同的存储在任何机器、任何时间得到相同的字节。报告不含卡号，也不含单条记录。");
    clr_html_raw(html, "</p></footer>\n</main>\n</body>\n</html>\n");
    return html->pack.bad ? CLR_FULL : CLR_OK;
}

/* ---- the file ---- */

static enum clr_status say_system(int code, const char *path, struct clr_fault *fault)
{
    const bool full = code == ENOSPC || code == EDQUOT || code == EIO;
    clr_fault_say(fault, full ? CLR_FULL : CLR_USAGE, "cannot write the report: %s", "无法写出报告：%s", strerror(code));
    clr_fault_at(fault, path, 0, NULL);
    return full ? CLR_FULL : CLR_USAGE;
}

static int write_bytes(int fd, const uint8_t *data, size_t size)
{
    while (size > 0) {
        const ssize_t done = write(fd, data, size);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return errno;
        data += done;
        size -= (size_t)done;
    }
    return fsync(fd) == 0 ? 0 : errno;
}

/** `beside` is ours: what a killed run left there is removed first, and a link is never followed. */
static int write_beside(const char *beside, const struct clr_pack *page)
{
    unlink(beside);
    const int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0) return errno;
    int code = write_bytes(fd, page->data, page->size);
    if (close(fd) != 0 && code == 0) code = errno;
    return code;
}

static int sync_parent(const char *path)
{
    char *const parent = strdup(path);
    if (parent == NULL) return ENOMEM;
    char *const slash = strrchr(parent, '/');
    if (slash != NULL) slash[slash == parent] = '\0';
    const int fd = open(slash != NULL ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const int code = fd < 0 || fsync(fd) != 0 ? errno : 0;
    if (fd >= 0) close(fd);
    free(parent);
    return code;
}

static enum clr_status write_page(const char *path, const struct clr_pack *page, struct clr_fault *fault)
{
    char *const beside = malloc(strlen(path) + sizeof ".part");
    if (beside == NULL) return clr_memory_short(fault);
    sprintf(beside, "%s.part", path);
    int code = write_beside(beside, page);
    if (code == 0 && rename(beside, path) != 0) code = errno;
    if (code != 0) unlink(beside);
    else code = sync_parent(path);
    free(beside);
    return code == 0 ? CLR_OK : say_system(code, path, fault);
}

/* ---- the report ---- */

static enum clr_status language_of(const char *lang, bool *zh, struct clr_fault *fault)
{
    *zh = lang != NULL && strcmp(lang, "zh") == 0;
    if (*zh || lang == NULL || strcmp(lang, "en") == 0) return CLR_OK;
    return clr_fault_say(fault, CLR_USAGE, "a report is in zh or en, not in \"%.16s\"", "报告语言只能是 zh 或 en，不能是“%.16s”", lang);
}

enum clr_status clr_report_write(struct clr_store *store, clr_day date, int product, const char *path, const char *lang,
                                 struct clr_fault *fault)
{
    struct clr_html html = { 0 };
    struct clr_report_facts facts;
    CLR_TRY(language_of(lang, &html.zh, fault));
    if (path == NULL || path[0] == '\0') return clr_fault_say(fault, CLR_USAGE, "no file is given for the report", "未指定报告文件");
    CLR_TRY(clr_outplace_file(path, fault));
    enum clr_status status = clr_report_facts_read(store, date, product, &facts, fault);
    if (status == CLR_OK) {
        status = put_page(&html, &facts);
        if (status == CLR_FULL) clr_memory_short(fault);
        else if (status != CLR_OK)
            clr_fault_say(fault, status, "a figure of the report left the range of amounts, or rules cannot be read",
                          "报告中的数字超出金额范围，或规则无法读取");
    }
    if (status == CLR_OK) status = write_page(path, &html.pack, fault);
    clr_report_facts_free(&facts);
    clr_pack_free(&html.pack);
    return status;
}
