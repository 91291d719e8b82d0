/** The class of load balancers that the edges are, for `src/core/kubernetes` to find. */
export const EDGE_CLASS = 'homeport.dev/edge'
