/* cmd_digest.c: one digest of the logical content of the store. */
#include <stdio.h>

#include "cmds.h"
#include "value.h"

int cmd_digest(struct cli *cli)
{
    uint8_t digest[CLR_DIGEST_SIZE];
    uint64_t records;
    char hex[2 * CLR_DIGEST_SIZE + 1];

    enum clr_status status = cli_open(cli, true);
    if (status == CLR_OK) status = clr_digest(cli->store, digest, &records, &cli->fault);
    if (status != CLR_OK) return cli_fail(cli, status);
    if (cli->json) {
        struct json json;
        cli_json_start(cli, &json, CLR_OK);
        json_hex(&json, "digest", digest, sizeof digest);
        json_count(&json, "records", records);
        cli_json_end(cli, &json, CLR_OK);
    } else {
        /* The form of sha256sum: the digest first, so that a script can cut it off. */
        printf("%s  %llu\n", value_hex(digest, sizeof digest, hex), (unsigned long long)records);
    }
    return 0;
}
