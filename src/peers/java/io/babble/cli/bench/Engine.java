package io.babble.cli.bench;

/** Something that does the same work over and over. Engines take turns on one thread. */
interface Engine extends AutoCloseable {
    /** Sets the number of threads, which other engines of this process have set otherwise. */
    void enter();

    /** Learns a window, or writes a symbol. */
    void step();

    @Override
    default void close() {}
}
