// Package pipeline runs the stages in order; read it first.
//
//	files ─► source ─► schema ─► config ─► mesh ─► view ─► compile ─► simulate, render
//	                      └──────── diagnostics ────────► validate
//
// [Load] takes files to a [World]: documents, typed objects, the mesh, and what was found on the way. From a world,
// [World.Compile] gives what one proxy runs, and [World.Trace] what that proxy does with a call.
package pipeline
