import Type from 'typebox'

/** Problem details (RFC 9457): how a request that is wrong as a whole is answered. */
export const Problem = Type.Object({
  type: Type.String({ description: "A link to the code's paragraph in docs/errors.md." }),
  title: Type.String(),
  status: Type.Integer(),
  code: Type.String({ description: 'A code of docs/errors.md.' }),
  permanent: Type.Boolean(),
  detail: Type.String({ description: 'What is wrong with this very request.' }),
  remedy: Type.String({ description: 'What to do.' }),
  errors: Type.Optional(
    Type.Array(Type.Object({ path: Type.String(), message: Type.String() }), {
      description: 'Each fault of the input, with its JSON pointer.',
    }),
  ),
})
export type Problem = Type.Static<typeof Problem>
