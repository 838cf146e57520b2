package io.babble.model;

/**
 * What a backend is made for. It takes the memory for this when it is made, or says then that there is not enough.
 *
 * @param lanes N, most lanes of a window, or texts that are written side by side
 * @param steps T, most steps of a window; 1 where texts are written
 * @param learning whether it is trained; one that only decodes keeps neither gradient nor moments
 * @param precision of its matrix products
 * @param mostBytes that the backends of this process may take outside the heap, all together
 */
public record Work(int lanes, int steps, boolean learning, Precision precision, long mostBytes) {}
