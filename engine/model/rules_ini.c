/* rules_ini.c: libinih with line numbers and without surprises. See rules_ini.h. */
#include "model/rules_ini.h"

#include <ini.h>
#include <stdio.h>

#define LINE_MAX_BYTES 198                    /* inih's own buffer has 200 */
#define SECTION_MAX 49                        /* inih cuts a longer name */

enum clr_status clr_rules_ini_place(struct clr_rules_ini *ini, const char *key, const char *value, enum clr_status status)
{
    clr_fault_at(ini->load->fault, ini->file, ini->line, key);
    if (value != NULL) clr_rules_seen(ini->load->fault, clr_bytes_text(value));
    return status;
}

/* ---- lines, as inih asks for them ---- */

static bool is_blank(char at)
{
    return at == ' ' || at == '\t';
}

static struct clr_bytes take_line(struct clr_rules_ini *ini)
{
    const uint8_t *start = ini->text.data + ini->at;
    const uint8_t *end = memchr(start, '\n', ini->text.size - ini->at);
    struct clr_bytes line = clr_bytes_of(start, end == NULL ? ini->text.size - ini->at : (size_t)(end - start));

    ini->at += line.size + (end != NULL);
    ini->line++;
    if (line.size > 0 && line.data[line.size - 1] == '\r') line.size--;
    if (ini->line == 1 && line.size >= 3 && memcmp(line.data, "\xEF\xBB\xBF", 3) == 0) line = clr_bytes_of(line.data + 3, line.size - 3);
    return line;
}

static enum clr_status check_bytes(struct clr_rules_ini *ini, struct clr_bytes line)
{
    if (line.size > LINE_MAX_BYTES) return RULES_INI_FAIL(ini, NULL, NULL, "the line is longer than %d bytes; a list may go on in indented lines", "行超过%d字节；列表可用缩进行续写", LINE_MAX_BYTES);
    if (!clr_utf8_valid(line)) return RULES_INI_FAIL(ini, NULL, NULL, "the text is not UTF-8; save the file as UTF-8", "文本不是UTF-8编码；请另存为UTF-8");
    for (size_t i = 0; i < line.size; i++) {
        if ((line.data[i] < 0x20 && line.data[i] != '\t') || line.data[i] == 0x7F) return RULES_INI_FAIL(ini, NULL, NULL, "a control character stands in the line", "行中含控制字符");
    }
    return CLR_OK;
}

static enum clr_status check_heading(struct clr_rules_ini *ini, char *line)
{
    char *name = line + 1, *end = strchr(line, ']');
    const size_t size = end == NULL ? 0 : (size_t)(end - name);

    if (size == 0 || size > SECTION_MAX || end[1 + strspn(end + 1, " \t")] != '\0' || is_blank(name[0]) || is_blank(end[-1]))
        return RULES_INI_FAIL(ini, NULL, line, "a section is [name] alone on its line, with a name of 1 to %d bytes", "小节应独占一行，形如[名称]，名称1到%d字节", SECTION_MAX);
    *end = '\0';
    ini->status = ini->section(ini, name);
    *end = ']';
    return ini->status;
}

/* A list may be written with ';', which inih would take for a comment. */
static enum clr_status check_value(struct clr_rules_ini *ini, char *line, bool indented)
{
    if (!indented) ini->in_list = strncmp(line, "match", 5) == 0 && strchr(" \t=:", line[5]) != NULL;
    for (char *at = line; *at != '\0'; at++) {
        if (*at != ';') continue;
        if (ini->in_list) *at = ' ';
        else if (at > line && is_blank(at[-1]))
            return RULES_INI_FAIL(ini, NULL, line, "a comment stands on a line of its own", "注释须独占一行");
    }
    return CLR_OK;
}

static enum clr_status check_line(struct clr_rules_ini *ini, char *line)
{
    const size_t indent = strspn(line, " \t");
    const char first = line[indent];

    if (first == '\0' || first == ';' || first == '#') return CLR_OK;
    if (first != '[') return check_value(ini, line, indent > 0);
    if (indent > 0) return RULES_INI_FAIL(ini, NULL, line, "a section starts at the start of its line", "小节应从行首开始");
    return check_heading(ini, line);
}

static char *give_line(char *to, int size, void *context)
{
    struct clr_rules_ini *ini = context;
    struct clr_bytes line;

    if (ini->status != CLR_OK || ini->at == ini->text.size) return NULL;
    line = take_line(ini);
    ini->status = check_bytes(ini, line);
    if (ini->status != CLR_OK) return NULL;
    CLR_ASSERT(size > LINE_MAX_BYTES);
    if (line.size > 0) memcpy(to, line.data, line.size);
    to[line.size] = '\0';
    ini->status = check_line(ini, to);
    return ini->status == CLR_OK ? to : NULL;
}

static int take_key(void *context, const char *section, const char *key, const char *value)
{
    struct clr_rules_ini *ini = context;

    if (ini->status != CLR_OK) return 0;
    if (section[0] == '\0') ini->status = RULES_INI_FAIL(ini, key, value, "a key before the first section", "键出现在第一个小节之前");
    else ini->status = ini->key(ini, section, key, value);
    return ini->status == CLR_OK;
}

enum clr_status clr_rules_ini_read(struct clr_rules_ini *ini, const char *file)
{
    const struct clr_rules_file *data = clr_rules_file_find(ini->load->folder, file);
    int wrong_line;

    CLR_ASSERT(data != NULL);
    ini->file = data->name;
    ini->text = clr_bytes_of(data->data, data->size);
    ini->at = 0;
    ini->line = 0;
    ini->in_list = false;
    ini->status = CLR_OK;
    wrong_line = ini_parse_stream(give_line, ini, take_key, ini);
    if (wrong_line < 0) return clr_rules_out_of_memory(ini->load->fault, file);
    /* A line that inih itself could not read has no callback; it may stand before the one that failed. */
    if (wrong_line > 0 && (ini->status == CLR_OK || (uint64_t)wrong_line < ini->line)) {
        ini->line = (uint64_t)wrong_line;
        ini->status = RULES_INI_FAIL(ini, NULL, NULL, "neither [section] nor key = value", "既不是[小节]，也不是“键 = 值”");
    }
    return ini->status;
}

/* ---- values ---- */

enum clr_status clr_rules_ini_whole(struct clr_rules_ini *ini, const char *key, const char *value, int64_t min, int64_t max, int64_t *out)
{
    if (clr_rules_whole_parse(clr_bytes_text(value), out) && *out >= min && *out <= max) return CLR_OK;
    return RULES_INI_FAIL(ini, key, value, "not a whole number of %lld to %lld", "不是%lld到%lld之间的整数", (long long)min, (long long)max);
}

enum clr_status clr_rules_ini_choice(struct clr_rules_ini *ini, const char *key, const char *value, const char *const *names, int *out)
{
    char list[256] = "";
    size_t used = 0;

    for (*out = 0; names[*out] != NULL; (*out)++) {
        if (strcmp(names[*out], value) == 0) return CLR_OK;
        if (used < sizeof list) used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", *out == 0 ? "" : " ", names[*out]);
    }
    return RULES_INI_FAIL(ini, key, value, "use one of: %s", "可用的值：%s", list);
}

enum clr_status clr_rules_ini_once(struct clr_rules_ini *ini, const char *key, const char *value, unsigned bit, uint64_t *given)
{
    if (*given & UINT64_C(1) << bit)
        return RULES_INI_FAIL(ini, key, value, "the key is given twice (an indented line continues the line above it)", "该键重复（缩进行是上一行的延续）");
    *given |= UINT64_C(1) << bit;
    return CLR_OK;
}

int clr_rules_ini_find(const char *key, const char *const *names)
{
    for (int i = 0; names[i] != NULL; i++) {
        const char *name = names[i];
        size_t at = 0;

        while (name[at] != '\0' && (name[at] == key[at] || (name[at] == '_' && key[at] == '-'))) at++;
        if (name[at] == '\0' && key[at] == '\0') return i;
    }
    return -1;
}

const char *clr_rules_ini_dashes(const char *key, char name[64])
{
    size_t at = 0;

    for (; key[at] != '\0' && at < 63; at++) name[at] = key[at] == '_' ? '-' : key[at];
    name[at] = '\0';
    return name;
}
