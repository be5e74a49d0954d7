// The mark of what the shared library exports. Everything else in it is hidden.
#pragma once

#define TCC_API __attribute__((visibility("default")))
