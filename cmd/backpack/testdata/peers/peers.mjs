// Answers questions of the tests with other implementations: one JSON object a
// line on standard input, one answer a line on standard output.
//
//   node peers.mjs <moment> <folder of contexts>
//
// The clock stands at the moment. There is no network: contexts come from the
// folder, keys from did:key itself, and anything else is not found.
import {readFileSync} from 'node:fs';
import {createInterface} from 'node:readline';

const [moment, folder] = process.argv.slice(2);
const now = Date.parse(moment);
const print = line => process.stdout.write(line + '\n');
console.log = console.error; // standard output is for answers
const timer = () => process.hrtime.bigint();

globalThis.Date = class extends Date {
  constructor(...args) {
    super(...(args.length ? args : [now]));
  }

  static now() {
    return now;
  }
};

const contexts = new Map();
for(const {file, urls} of JSON.parse(readFileSync(`${folder}/manifest.json`))) {
  const body = readFileSync(`${folder}/${file}`, 'utf8');
  for(const url of urls) {
    if(!contexts.has(url)) { // of several revisions the newest stands first
      contexts.set(url, body);
    }
  }
}

globalThis.fetch = async request => {
  const url = String(request?.url ?? request);
  const body = contexts.get(url);
  return new Response(body ?? 'not found', {
    status: body ? 200 : 404, headers: {'content-type': 'application/ld+json'}
  });
};

// What is imported from here on sees that clock and that network only.
const vc = await import('@digitalbazaar/vc');
const {default: jsigs} = await import('jsonld-signatures');
const {DataIntegrityProof} = await import('@digitalbazaar/data-integrity');
const Ed25519Multikey = await import('@digitalbazaar/ed25519-multikey');
const EcdsaMultikey = await import('@digitalbazaar/ecdsa-multikey');
const eddsaRdfc = await import('@digitalbazaar/eddsa-rdfc-2022-cryptosuite');
const eddsaJcs = await import('@digitalbazaar/eddsa-jcs-2022-cryptosuite');
const ecdsaRdfc = await import('@digitalbazaar/ecdsa-rdfc-2019-cryptosuite');
const ecdsaJcs = await import('@digitalbazaar/ecdsa-jcs-2019-cryptosuite');
const core = await import('@digitalcredentials/verifier-core');

const suites = {
  'eddsa-rdfc-2022': [eddsaRdfc.cryptosuite, eddsaRdfc.cryptosuite],
  'ecdsa-rdfc-2019': [ecdsaRdfc.cryptosuite, ecdsaRdfc.cryptosuite],
  'eddsa-jcs-2022': [eddsaJcs.createSignCryptosuite(), eddsaJcs.createVerifyCryptosuite()],
  'ecdsa-jcs-2019': [ecdsaJcs.createSignCryptosuite(), ecdsaJcs.createVerifyCryptosuite()]
};
const verifySuites = Object.values(suites).map(([, cryptosuite]) => new DataIntegrityProof({cryptosuite}));

async function documentLoader(url) {
  const document = contexts.has(url) ? JSON.parse(contexts.get(url)) : url.startsWith('did:key:') ? keyDocument(url) : undefined;
  if(!document) {
    throw new Error(`not found: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document};
}

function keyDocument(url) {
  const [did, fragment] = url.split('#');
  const id = `${did}#${did.slice('did:key:'.length)}`;
  const method = {id, type: 'Multikey', controller: did, publicKeyMultibase: did.slice('did:key:'.length)};
  if(fragment) {
    return {'@context': 'https://w3id.org/security/multikey/v1', ...method};
  }
  return {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did, verificationMethod: [method], assertionMethod: [id], authentication: [id]
  };
}

async function newKey(curve) {
  const key = curve === 'Ed25519' ? await Ed25519Multikey.generate() : await EcdsaMultikey.generate({curve});
  const {publicKeyMultibase} = await key.export({publicKey: true});
  key.controller = `did:key:${publicKeyMultibase}`;
  key.id = `${key.controller}#${publicKeyMultibase}`;
  return key;
}

async function sign({suite, curve, document}) {
  const key = await newKey(curve);
  const credential = {...document, issuer: {...document.issuer, id: key.controller}};
  const proof = new DataIntegrityProof({signer: key.signer(), cryptosuite: suites[suite][0]});
  return {document: await vc.issue({credential, suite: proof, documentLoader})};
}

async function present({suite, curve, documents, challenge, domain}) {
  const key = await newKey(curve);
  const presentation = vc.createPresentation({verifiableCredential: documents, holder: key.controller, id: 'urn:example:presentation'});
  const proof = new DataIntegrityProof({signer: key.signer(), cryptosuite: suites[suite][0]});
  return {document: await vc.signPresentation({presentation, suite: proof, challenge, domain, documentLoader})};
}

// reason digs the messages out of an error that wraps others.
function reason(error) {
  return [error?.message, ...(error?.errors ?? []).map(reason), error?.cause && reason(error.cause)].filter(Boolean).join('; ');
}

const verifiers = {
  async 'vc'(document, {challenge, domain}) {
    const options = {suite: verifySuites, documentLoader};
    const presentation = [].concat(document.type).includes('VerifiablePresentation');
    const purpose = presentation && !challenge ?
      new jsigs.purposes.ControllerProofPurpose({term: 'authentication'}) : undefined;
    const result = presentation ?
      await vc.verify({...options, presentation: document, challenge, domain, presentationPurpose: purpose}) :
      await vc.verifyCredential({...options, credential: document});
    return {verified: result.verified, error: reason(result.error)};
  },
  async 'verifier-core'(credential, {challenge}) {
    if([].concat(credential.type).includes('VerifiablePresentation')) {
      const result = await core.verifyPresentation({presentation: credential, challenge, knownDIDRegistries: []});
      const inside = result.credentialResults ?? [];
      return {
        verified: result.presentationResult?.signature === 'valid',
        error: [...(result.errors ?? []), ...(result.presentationResult?.errors ?? [])].map(e => reason(e.message) || reason(e)).join('; '),
        contained: inside.map(x => !x.errors && x.log.every(step => step.valid || step.id === 'registered_issuer'))
      };
    }
    const result = await core.verifyCredential({credential, knownDIDRegistries: []});
    const steps = (result.log ?? []).filter(x => x.id === 'valid_signature' || x.id === 'expiration');
    return {
      verified: !result.errors && steps.length > 0 && steps.every(x => x.valid),
      error: [...(result.errors ?? []).map(reason), ...steps.filter(x => !x.valid).map(x => x.id)].join('; ')
    };
  }
};

async function verify({by, documents, ...options}) {
  const results = [];
  const begin = timer();
  for(const document of documents) {
    try {
      results.push(await verifiers[by](document, options));
    } catch(e) {
      results.push({verified: false, error: reason(e)});
    }
  }
  return {results, nanoseconds: Number(timer() - begin)};
}

const operations = {sign, present, verify};
for await (const line of createInterface({input: process.stdin})) {
  try {
    const {op, ...question} = JSON.parse(line);
    print(JSON.stringify(await operations[op](question)));
  } catch(e) {
    print(JSON.stringify({error: reason(e) || String(e)}));
  }
}
