/** rpc.discover: the OpenRPC document, made from the table of methods. */
#ifndef CORE_RPC_DISCOVER_H
#define CORE_RPC_DISCOVER_H

#include "base/buf.h"

/** Append the document. */
void discover_write(struct buf *out, const char *version);

#endif
