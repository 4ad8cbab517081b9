/* What is sent, and what must come back.
 *
 * The messages are made before the run and shared: connection i sends messages[(i + round) % message_count], so that
 * neither a neighbour's reply nor the last one is taken for the right one, and nothing is copied while it runs.
 */
#include "load.h"

#include <ctype.h>
#include <string.h>

struct message *messages;
int message_count;
struct message upgrade;

/* Few enough to stay in the processor's cache, so that the load is not slowed by its own messages. */
enum { ALL_MESSAGES = 64 * 1024, AT_LEAST = 4, AT_MOST = 61 };

static void fill(char *bytes, size_t size, uint32_t seed) {
    for (size_t i = 0; i < size; i++) {
        seed = seed * 1664525u + 1013904223u;
        bytes[i] = (char)('A' + (seed >> 24) % 58);
    }
    if (options.lines) bytes[size - 1] = '\n';
}

/* A binary frame; a client's has a mask, and a mask of zeros changes nothing. */
static size_t frame(char *bytes, const char *body, size_t size, bool masked) {
    size_t at = 0;
    bytes[at++] = (char)0x82;
    int bits = masked ? 0x80 : 0;
    if (size < 126) {
        bytes[at++] = (char)((int)size | bits);
    } else {
        int length = size < 65536 ? 2 : 8;
        bytes[at++] = (char)((length == 2 ? 126 : 127) | bits);
        for (int i = length - 1; i >= 0; i--) bytes[at++] = (char)((uint64_t)size >> (8 * i));
    }
    if (masked) memset(bytes + at, 0, 4), at += 4;
    memcpy(bytes + at, body, size);
    return at + size;
}

void messages_prepare(void) {
    size_t size = options.size * (size_t)options.pipeline;
    message_count = ALL_MESSAGES / size > AT_MOST ? AT_MOST : (int)(ALL_MESSAGES / size);
    if (message_count < AT_LEAST) message_count = AT_LEAST;
    if (options.http && !options.websocket) message_count = 1;
    messages = calloc((size_t)message_count, sizeof *messages);
    const char *host = strchr(options.target, ':') + 1;
    if (options.http) {
        char *text = malloc(strlen(options.http) + strlen(host) + 256);
        upgrade.request = text;
        upgrade.request_size = (size_t)sprintf(
            text, "GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n", options.http, host,
            options.websocket ? "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                              : "");
    }
    for (int i = 0; i < message_count; i++) {
        struct message *message = &messages[i];
        if (options.http && !options.websocket) {
            *message = upgrade;
            continue;
        }
        char *body = malloc(size);
        for (int part = 0; part < options.pipeline; part++)
            fill(body + (size_t)part * options.size, options.size, (uint32_t)(i * options.pipeline + part + 1));
        message->request = message->reply = body;
        message->request_size = message->reply_size = size;
        if (options.websocket) {
            char *request = malloc(size + 16), *reply = malloc(size + 16);
            message->request = request;
            message->request_size = frame(request, body, size, true);
            message->reply = reply;
            message->reply_size = frame(reply, body, size, false);
        }
    }
}

static long content_length(const char *text) {
    static const char name[] = "\r\ncontent-length:";
    for (; *text; text++) {
        size_t i = 0;
        while (name[i] && tolower((unsigned char)text[i]) == name[i]) i++;
        if (!name[i]) return strtol(text + i, NULL, 10);
    }
    return -1;
}

int head_take(struct head *head, const char *bytes, size_t size, int status) {
    if (!head->complete) {
        size_t room = sizeof head->text - 1 - head->used, taken = size < room ? size : room;
        memcpy(head->text + head->used, bytes, taken);
        head->used += taken;
        head->text[head->used] = 0;
        char *end = strstr(head->text, "\r\n\r\n");
        if (!end) return head->used == sizeof head->text - 1 ? -1 : 0;
        /* What came behind the head is the body's beginning, also if it did not fit here. */
        size_t body = head->used - (size_t)(end + 4 - head->text) + size - taken;
        end[2] = 0;
        int answered = 0;
        if (sscanf(head->text, "HTTP/1.%*d %d", &answered) != 1 || answered != status) return -1;
        head->complete = true;
        head->body = status == 101 ? 0 : content_length(head->text);
        if (head->body < 0) return -1;
        size = body;
    }
    head->body -= (long)size;
    if (head->body < 0) return -1;
    if (head->body) return 0;
    head->used = 0;
    head->complete = false;
    return 1;
}
