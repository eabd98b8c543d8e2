/* help.c: help texts made from the table of commands. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "model/terms.h"
#include "text.h"
#include "utf8.h"

#define NAME_COLUMN 30

/** `text` and blanks up to `width` columns, at least two. */
static void pad(FILE *out, const char *text, size_t width)
{
    const size_t used = utf8_text_width(text);

    fputs(text, out);
    for (size_t i = used; i < width || i < used + 2; i++) putc(' ', out);
}

static void print_exit_codes(FILE *out)
{
    static const struct { const char *code, *en, *zh; } codes[] = {
        { "0", "done, or this very run was done before", "完成，或此前已完成同样的操作" },
        { "1", "internal error", "内部错误" },
        { "2", "usage or configuration", "用法或配置错误" },
        { "3", "done, but records were refused (--strict)", "完成，但有记录被拒（--strict）" },
        { "4", "input refused; nothing of that file was kept", "输入被拒收，其内容一概不留" },
        { "5", "an invariant broke; nothing was published: call a person", "恒等式被破坏，未发布结果：请报告负责人" },
        { "6", "another run holds the store", "另一进程正在使用账库" },
        { "7", "disk, map or memory full; the store is as before", "磁盘、映射或内存已满，账库保持原样" },
        { "8", "key or signature subsystem unavailable", "密钥或签名子系统不可用" },
        { "9", "stored data damaged: restore first", "存储数据损坏：请先恢复" },
        { "130 143", "stopped by a signal; safe to go on", "被信号中止，可安全继续" },
    };
    fputs(text_of("\nExit codes:\n", "\n退出码：\n"), out);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        fputs("  ", out);
        pad(out, codes[i].code, 9);
        fprintf(out, "%s\n", text_of(codes[i].en, codes[i].zh));
    }
}

static void print_option(FILE *out, enum option_id id)
{
    const struct option_spec *spec = option_spec(id);
    char name[96];

    if (*spec->en == '\0') return;
    if (spec->type == OPTION_CHOICE_OR_FLAG) snprintf(name, sizeof name, "--%s[=%s]", spec->name, spec->value);
    else if (spec->value == NULL) snprintf(name, sizeof name, "%s--%s", id == OPTION_ID_HELP ? "-h, " : "", spec->name);
    else snprintf(name, sizeof name, "--%s %s", spec->name, spec->value);
    fputs("  ", out);
    pad(out, name, NAME_COLUMN);
    fputs(text_of(spec->en, spec->zh), out);
    if (spec->choices != NULL && strstr(spec->en, spec->choices) == NULL) fprintf(out, text_of("; one of %s", "；可取 %s"), spec->choices);
    putc('\n', out);
}

static void print_options(FILE *out, const char *title, const unsigned char *ids)
{
    if (*ids == OPTION_END) return;
    fprintf(out, "\n%s\n", title);
    for (; *ids != OPTION_END; ids++) print_option(out, *ids);
}

static void print_examples(FILE *out, const char *program, const struct command *command)
{
    fputs(text_of("Examples:\n", "示例：\n"), out);
    for (size_t i = 0; i < sizeof command->example / sizeof *command->example; i++) {
        const struct command_example *example = &command->example[i];
        if (example->line == NULL) continue;
        fprintf(out, "  %s %s\n      %s\n", program, example->line, text_of(example->en, example->zh));
    }
}

static void print_reasons(FILE *out)
{
    fputs(text_of("\nReasons, in order of precedence:\n", "\n原因（按优先次序）：\n"), out);
    for (unsigned bit = 0; bit < CLR_REASON_COUNT; bit++) {
        const struct clr_term reason = clr_reason_term(bit), verdict = clr_verdict_term(clr_verdict_of(UINT64_C(1) << bit));
        fputs("  ", out);
        pad(out, reason.name, NAME_COLUMN);
        fprintf(out, text_of("%s (%s)\n", "%s（%s）\n"), text_of(reason.en, reason.zh), text_of(verdict.en, verdict.zh));
    }
}

void help_command(FILE *out, const char *program, const struct command *command)
{
    print_examples(out, program, command);
    fprintf(out, "\n%s %s: %s\n", program, command->name, text_of(command->en, command->zh));
    fputs(text_of("\nUsage:\n", "\n用法：\n"), out);
    for (const char *line = command->usage; *line != '\0';) {
        const size_t length = strcspn(line, "\n");
        fprintf(out, "  %s %s %.*s\n", program, command->name, (int)length, line);
        line += length + (line[length] == '\n');
    }
    if (command->notes_en != NULL) fprintf(out, "\n%s\n", text_of(command->notes_en, command->notes_zh));
    print_options(out, text_of("Options:", "选项："), command->options);
    print_options(out, text_of("Options of every command:", "所有命令通用的选项："), command_common_options);
    if (command->reasons) print_reasons(out);
    print_exit_codes(out);
}

void help_overview(FILE *out, const char *program, bool brief)
{
    if (!brief) {
        fprintf(out, text_of("Examples:\n  %s init\n      make a store in ./clear-store\n",
                             "示例：\n  %s init\n      在 ./clear-store 建立账库\n"), program);
        fprintf(out, text_of("  %s gen --format szt-csv --records 1000 --seed 1 --out demo\n      files and rules to try it with\n\n",
                             "  %s gen --format szt-csv --records 1000 --seed 1 --out demo\n      生成试用的文件和规则\n\n"), program);
    }
    fprintf(out, text_of("%s: takes a day's card-transaction files and finds who owes whom.\n\nUsage: %s COMMAND [options] [files]\n\nCommands:\n",
                         "%s：受理一天的卡交易文件，算出谁欠谁多少。\n\n用法：%s 命令 [选项] [文件]\n\n命令：\n"), program, program);
    for (size_t i = 0; i < command_count; i++) {
        fputs("  ", out);
        pad(out, commands[i].name, 12);
        fprintf(out, "%s\n", text_of(commands[i].en, commands[i].zh));
    }
    fprintf(out, text_of("\n%s COMMAND --help says more about a command; %s --version names the parts.\n",
                         "\n%s 命令 --help 查看某命令的说明；%s --version 列出各部分版本。\n"), program, program);
    if (brief) return;
    print_options(out, text_of("Options of every command:", "所有命令通用的选项："), command_common_options);
    print_exit_codes(out);
}
