// Carries the precompiled header that all layers reuse.
