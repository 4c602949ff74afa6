export default {
  __version: '7.2.1',
  'hydrator-worker_slots_13000-full-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_workerId, convertToDatabaseValue_workerId) {
    // compiled hydrator for entity WorkerSlots ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.workerId === null) {
        entity.workerId = null;
      } else if (typeof data.workerId !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_workerId(data.workerId);
          entity.workerId = value;
        } else {
          entity.workerId = data.workerId;
        }
      }
      if (data.slots === null) {
        entity.slots = null;
      } else if (typeof data.slots !== 'undefined') {
        entity.slots = data.slots;
      }
      if (data.until === null) {
        entity.until = null;
      } else if (typeof data.until !== 'undefined') {
        if (data.until instanceof Date) {
          entity.until = data.until;
        } else if (typeof data.until === 'number' || data.until.includes('+') || data.until.lastIndexOf('-') > 10 || data.until.endsWith('Z')) {
          entity.until = new Date(data.until);
        } else {
          entity.until = new Date(data.until + 'Z');
        }
      }
    }
  },
  'hydrator-worker_slots_13000-full-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_workerId, convertToDatabaseValue_workerId) {
    // compiled hydrator for entity WorkerSlots ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.workerId === null) {
        entity.workerId = null;
      } else if (typeof data.workerId !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_workerId(data.workerId);
          entity.workerId = value;
        } else {
          entity.workerId = data.workerId;
        }
      }
      if (data.slots === null) {
        entity.slots = null;
      } else if (typeof data.slots !== 'undefined') {
        entity.slots = data.slots;
      }
      if (data.until === null) {
        entity.until = null;
      } else if (typeof data.until !== 'undefined') {
        if (data.until instanceof Date) {
          entity.until = data.until;
        } else if (typeof data.until === 'number' || data.until.includes('+') || data.until.lastIndexOf('-') > 10 || data.until.endsWith('Z')) {
          entity.until = new Date(data.until);
        } else {
          entity.until = new Date(data.until + 'Z');
        }
      }
    }
  },
  'comparator-worker_slots_13000': function(compareArrays, compareBooleans, compareBuffers, compareObjects, equals) {
    // compiled comparator for entity WorkerSlots
    return function(last, current, options) {
      const diff = {};
      if (current.workerId === null && last.workerId === undefined) {
        diff.workerId = current.workerId;
      } else if (current.workerId == null && last.workerId == null) {
    
      } else if ((current.workerId != null && last.workerId == null) || (current.workerId == null && last.workerId != null)) {
        diff.workerId = current.workerId;
      } else if (last.workerId !== current.workerId) {
        diff.workerId = current.workerId;
      }
    
      if (current.slots === null && last.slots === undefined) {
        diff.slots = current.slots;
      } else if (current.slots == null && last.slots == null) {
    
      } else if ((current.slots != null && last.slots == null) || (current.slots == null && last.slots != null)) {
        diff.slots = current.slots;
      } else if (!equals(last.slots, current.slots)) {
        diff.slots = current.slots;
      }
    
      if (current.until === null && last.until === undefined) {
        diff.until = current.until;
      } else if (current.until == null && last.until == null) {
    
      } else if ((current.until != null && last.until == null) || (current.until == null && last.until != null)) {
        diff.until = current.until;
      } else if (last.until.valueOf() !== current.until.valueOf()) {
        diff.until = current.until;
      }
    
    if (options?.includeInverseSides) {
    }
      return diff;
    }
  },
  'snapshotGenerator-worker_slots_13000': function(clone, cloneEmbeddable, convertToDatabaseValue_workerId, processDateProperty) {
    return function(entity) {
      const ret = {};
      if (typeof entity.workerId !== 'undefined') {
        ret.workerId = convertToDatabaseValue_workerId(entity.workerId);
      }
    
      if (typeof entity.slots !== 'undefined') {
        ret.slots = clone(entity.slots);
      }
    
      if (typeof entity.until !== 'undefined') {
        ret.until = clone(processDateProperty(entity.until));
      }
    
      return ret;
    }
  },
  'resultMapper-worker_slots_13000': function(PolymorphicRef, parseDate) {
    // compiled mapper for entity WorkerSlots
    return function(result) {
      const ret = {};
      const mapped = {};
      if (typeof result.worker_id !== 'undefined') {
        ret.workerId = result.worker_id;
        mapped.worker_id = true;
      }
      if (typeof result.slots !== 'undefined') {
        ret.slots = result.slots;
        mapped.slots = true;
      }
      if (typeof result.until !== 'undefined') {
        if (result.until == null || result.until instanceof Date) {
          ret.until = result.until;
        } else if (typeof result.until === 'bigint') {
          ret.until = parseDate(Number(result.until));
        } else if (typeof result.until === 'number' || result.until.includes('+') || result.until.lastIndexOf('-') > 10 || result.until.endsWith('Z')) {
          ret.until = parseDate(result.until);
        } else {
          ret.until = parseDate(result.until + 'Z');
        }
        mapped.until = true;
      }
      for (let k in result) { if (Object.hasOwn(result, k) && !mapped[k] && ret[k] === undefined) ret[k] = result[k]; }
      return ret;
    }
  },
  'hydrator-worker_slots_13000-reference-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_workerId, convertToDatabaseValue_workerId) {
    // compiled hydrator for entity WorkerSlots ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.workerId === null) {
        entity.workerId = null;
      } else if (typeof data.workerId !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_workerId(data.workerId);
          entity.workerId = value;
        } else {
          entity.workerId = data.workerId;
        }
      }
    }
  },
  'hydrator-worker_slots_13000-reference-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_workerId, convertToDatabaseValue_workerId) {
    // compiled hydrator for entity WorkerSlots ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.workerId === null) {
        entity.workerId = null;
      } else if (typeof data.workerId !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_workerId(data.workerId);
          entity.workerId = value;
        } else {
          entity.workerId = data.workerId;
        }
      }
    }
  },
  'pkGetter-worker_slots_13000': function(isEntityOrRef) {
    // compiled pk getter for entity WorkerSlots
    return function(entity) {
      return entity.workerId;
    }
  },
  'pkGetterConverted-worker_slots_13000': function(isEntityOrRef, convertToDatabaseValue_workerId) {
    // compiled pk getter (with converted custom types) for entity WorkerSlots
    return function(entity) {
      return convertToDatabaseValue_workerId(entity.workerId);
    }
  },
  'pkSerializer-worker_slots_13000': function(isEntityOrRef, getCompositeKeyValue, getPrimaryKeyHash, convertToDatabaseValue_workerId) {
    // compiled pk serializer for entity WorkerSlots
    return function(entity) {
      const val_0 = convertToDatabaseValue_workerId(entity.workerId);
      return getPrimaryKeyHash(val_0);
    }
  },
  'hydrator-untold_end_12000-full-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, test_assessment_8, test_assessment_9, convertToJSValue_sessionId, convertToDatabaseValue_sessionId) {
    // compiled hydrator for entity UntoldEnd ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.assessment === null) {
        entity.assessment = null;
      } else if (typeof data.assessment !== 'undefined') {
        if (isPrimaryKey(data.assessment, true)) {
          entity.assessment = factory.createReference(test_assessment_8, data.assessment, { merge: true, convertCustomTypes, normalizeAccessors, schema });
        } else if (data.assessment && typeof data.assessment === 'object') {
          entity.assessment = factory.create(test_assessment_9, data.assessment, { initialized: true, merge: true, newEntity, convertCustomTypes, normalizeAccessors, schema });
        }
      }
      if (data.version === null) {
        entity.version = null;
      } else if (typeof data.version !== 'undefined') {
        entity.version = data.version;
      }
      if (data.stream === null) {
        entity.stream = null;
      } else if (typeof data.stream !== 'undefined') {
        entity.stream = data.stream;
      }
      if (data.sessionId === null) {
        entity.sessionId = null;
      } else if (typeof data.sessionId !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_sessionId(data.sessionId);
          entity.sessionId = value;
        } else {
          entity.sessionId = data.sessionId;
        }
      }
      if (data.status === null) {
        entity.status = null;
      } else if (typeof data.status !== 'undefined') {
        entity.status = data.status;
      }
      if (data.round === null) {
        entity.round = null;
      } else if (typeof data.round !== 'undefined') {
        entity.round = data.round;
      }
      if (data.since === null) {
        entity.since = null;
      } else if (typeof data.since !== 'undefined') {
        if (data.since instanceof Date) {
          entity.since = data.since;
        } else if (typeof data.since === 'number' || data.since.includes('+') || data.since.lastIndexOf('-') > 10 || data.since.endsWith('Z')) {
          entity.since = new Date(data.since);
        } else {
          entity.since = new Date(data.since + 'Z');
        }
      }
    }
  },
  'hydrator-untold_end_12000-full-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, test_assessment_16, test_assessment_17, convertToJSValue_sessionId, convertToDatabaseValue_sessionId) {
    // compiled hydrator for entity UntoldEnd ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.assessment === null) {
        entity.assessment = null;
      } else if (typeof data.assessment !== 'undefined') {
        if (isPrimaryKey(data.assessment, true)) {
          entity.assessment = factory.createReference(test_assessment_16, data.assessment, { merge: true, convertCustomTypes, normalizeAccessors, schema });
        } else if (data.assessment && typeof data.assessment === 'object') {
          entity.assessment = factory.create(test_assessment_17, data.assessment, { initialized: true, merge: true, newEntity, convertCustomTypes, normalizeAccessors, schema });
        }
      }
      if (data.version === null) {
        entity.version = null;
      } else if (typeof data.version !== 'undefined') {
        entity.version = data.version;
      }
      if (data.stream === null) {
        entity.stream = null;
      } else if (typeof data.stream !== 'undefined') {
        entity.stream = data.stream;
      }
      if (data.sessionId === null) {
        entity.sessionId = null;
      } else if (typeof data.sessionId !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_sessionId(data.sessionId);
          entity.sessionId = value;
        } else {
          entity.sessionId = data.sessionId;
        }
      }
      if (data.status === null) {
        entity.status = null;
      } else if (typeof data.status !== 'undefined') {
        entity.status = data.status;
      }
      if (data.round === null) {
        entity.round = null;
      } else if (typeof data.round !== 'undefined') {
        entity.round = data.round;
      }
      if (data.since === null) {
        entity.since = null;
      } else if (typeof data.since !== 'undefined') {
        if (data.since instanceof Date) {
          entity.since = data.since;
        } else if (typeof data.since === 'number' || data.since.includes('+') || data.since.lastIndexOf('-') > 10 || data.since.endsWith('Z')) {
          entity.since = new Date(data.since);
        } else {
          entity.since = new Date(data.since + 'Z');
        }
      }
    }
  },
  'comparator-untold_end_12000': function(compareArrays, compareBooleans, compareBuffers, compareObjects, equals) {
    // compiled comparator for entity UntoldEnd
    return function(last, current, options) {
      const diff = {};
      if (current.assessment === null && last.assessment === undefined) {
        diff.assessment = current.assessment;
      } else if (current.assessment == null && last.assessment == null) {
    
      } else if ((current.assessment != null && last.assessment == null) || (current.assessment == null && last.assessment != null)) {
        diff.assessment = current.assessment;
      } else if (last.assessment !== current.assessment) {
        diff.assessment = current.assessment;
      }
    
      if (current.version === null && last.version === undefined) {
        diff.version = current.version;
      } else if (current.version == null && last.version == null) {
    
      } else if ((current.version != null && last.version == null) || (current.version == null && last.version != null)) {
        diff.version = current.version;
      } else if (!equals(last.version, current.version)) {
        diff.version = current.version;
      }
    
      if (current.stream === null && last.stream === undefined) {
        diff.stream = current.stream;
      } else if (current.stream == null && last.stream == null) {
    
      } else if ((current.stream != null && last.stream == null) || (current.stream == null && last.stream != null)) {
        diff.stream = current.stream;
      } else if (last.stream !== current.stream) {
        diff.stream = current.stream;
      }
    
      if (current.sessionId === null && last.sessionId === undefined) {
        diff.sessionId = current.sessionId;
      } else if (current.sessionId == null && last.sessionId == null) {
    
      } else if ((current.sessionId != null && last.sessionId == null) || (current.sessionId == null && last.sessionId != null)) {
        diff.sessionId = current.sessionId;
      } else if (last.sessionId !== current.sessionId) {
        diff.sessionId = current.sessionId;
      }
    
      if (current.status === null && last.status === undefined) {
        diff.status = current.status;
      } else if (current.status == null && last.status == null) {
    
      } else if ((current.status != null && last.status == null) || (current.status == null && last.status != null)) {
        diff.status = current.status;
      } else if (last.status !== current.status) {
        diff.status = current.status;
      }
    
      if (current.round === null && last.round === undefined) {
        diff.round = current.round;
      } else if (current.round == null && last.round == null) {
    
      } else if ((current.round != null && last.round == null) || (current.round == null && last.round != null)) {
        diff.round = current.round;
      } else if (!equals(last.round, current.round)) {
        diff.round = current.round;
      }
    
      if (current.since === null && last.since === undefined) {
        diff.since = current.since;
      } else if (current.since == null && last.since == null) {
    
      } else if ((current.since != null && last.since == null) || (current.since == null && last.since != null)) {
        diff.since = current.since;
      } else if (last.since.valueOf() !== current.since.valueOf()) {
        diff.since = current.since;
      }
    
    if (options?.includeInverseSides) {
    }
      return diff;
    }
  },
  'snapshotGenerator-untold_end_12000': function(clone, cloneEmbeddable, toArray, EntityIdentifier, convertToDatabaseValue_sessionId, processDateProperty) {
    return function(entity) {
      const ret = {};
      if (typeof entity.assessment !== 'undefined') {
        if (entity.assessment === null) {
          ret.assessment = null;
        } else if (entity.assessment?.__helper.__identifier && !entity.assessment.__helper.hasPrimaryKey()) {
          ret.assessment = entity.assessment?.__helper.__identifier;
        } else if (typeof entity.assessment !== 'undefined') {
          ret.assessment = toArray(entity.assessment.__helper.getPrimaryKey(true));
        }
      }
    
      if (typeof entity.version !== 'undefined') {
        ret.version = clone(entity.version);
      }
    
      if (typeof entity.stream !== 'undefined') {
        ret.stream = entity.stream;
      }
    
      if (typeof entity.sessionId !== 'undefined') {
        ret.sessionId = convertToDatabaseValue_sessionId(entity.sessionId);
      }
    
      if (typeof entity.status !== 'undefined') {
        ret.status = entity.status;
      }
    
      if (typeof entity.round !== 'undefined') {
        ret.round = clone(entity.round);
      }
    
      if (typeof entity.since !== 'undefined') {
        ret.since = clone(processDateProperty(entity.since));
      }
    
      return ret;
    }
  },
  'resultMapper-untold_end_12000': function(PolymorphicRef, parseDate) {
    // compiled mapper for entity UntoldEnd
    return function(result) {
      const ret = {};
      const mapped = {};
      if (typeof result.assessment_id !== 'undefined') {
        ret.assessment = result.assessment_id;
        mapped.assessment_id = true;
      }
      if (typeof result.version !== 'undefined') {
        ret.version = result.version;
        mapped.version = true;
      }
      if (typeof result.stream !== 'undefined') {
        ret.stream = result.stream;
        mapped.stream = true;
      }
      if (typeof result.session_id !== 'undefined') {
        ret.sessionId = result.session_id;
        mapped.session_id = true;
      }
      if (typeof result.status !== 'undefined') {
        ret.status = result.status;
        mapped.status = true;
      }
      if (typeof result.round !== 'undefined') {
        ret.round = result.round;
        mapped.round = true;
      }
      if (typeof result.since !== 'undefined') {
        if (result.since == null || result.since instanceof Date) {
          ret.since = result.since;
        } else if (typeof result.since === 'bigint') {
          ret.since = parseDate(Number(result.since));
        } else if (typeof result.since === 'number' || result.since.includes('+') || result.since.lastIndexOf('-') > 10 || result.since.endsWith('Z')) {
          ret.since = parseDate(result.since);
        } else {
          ret.since = parseDate(result.since + 'Z');
        }
        mapped.since = true;
      }
      for (let k in result) { if (Object.hasOwn(result, k) && !mapped[k] && ret[k] === undefined) ret[k] = result[k]; }
      return ret;
    }
  },
  'hydrator-untold_end_12000-reference-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, test_assessment_24, test_assessment_25) {
    // compiled hydrator for entity UntoldEnd ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.assessment === null) {
        entity.assessment = null;
      } else if (typeof data.assessment !== 'undefined') {
        if (isPrimaryKey(data.assessment, true)) {
          entity.assessment = factory.createReference(test_assessment_24, data.assessment, { merge: true, convertCustomTypes, normalizeAccessors, schema });
        } else if (data.assessment && typeof data.assessment === 'object') {
          entity.assessment = factory.createReference(test_assessment_25, data.assessment, { initialized: true, merge: true, newEntity, convertCustomTypes, normalizeAccessors, schema });
        }
      }
      if (data.version === null) {
        entity.version = null;
      } else if (typeof data.version !== 'undefined') {
        entity.version = data.version;
      }
      if (data.stream === null) {
        entity.stream = null;
      } else if (typeof data.stream !== 'undefined') {
        entity.stream = data.stream;
      }
    }
  },
  'hydrator-untold_end_12000-reference-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, test_assessment_28, test_assessment_29) {
    // compiled hydrator for entity UntoldEnd ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.assessment === null) {
        entity.assessment = null;
      } else if (typeof data.assessment !== 'undefined') {
        if (isPrimaryKey(data.assessment, true)) {
          entity.assessment = factory.createReference(test_assessment_28, data.assessment, { merge: true, convertCustomTypes, normalizeAccessors, schema });
        } else if (data.assessment && typeof data.assessment === 'object') {
          entity.assessment = factory.createReference(test_assessment_29, data.assessment, { initialized: true, merge: true, newEntity, convertCustomTypes, normalizeAccessors, schema });
        }
      }
      if (data.version === null) {
        entity.version = null;
      } else if (typeof data.version !== 'undefined') {
        entity.version = data.version;
      }
      if (data.stream === null) {
        entity.stream = null;
      } else if (typeof data.stream !== 'undefined') {
        entity.stream = data.stream;
      }
    }
  },
  'pkGetter-untold_end_12000': function(isEntityOrRef) {
    // compiled pk getter for entity UntoldEnd
    return function(entity) {
      const cond = {
        assessment: (entity.assessment != null && isEntityOrRef(entity.assessment)) ? entity.assessment.__helper.getPrimaryKey() : entity.assessment,
        version: entity.version,
        stream: entity.stream,
      };
      if (cond.assessment == null || cond.version == null || cond.stream == null) return null;
      return cond;
    }
  },
  'pkGetterConverted-untold_end_12000': function(isEntityOrRef) {
    // compiled pk getter (with converted custom types) for entity UntoldEnd
    return function(entity) {
      const cond = {
        assessment: (entity.assessment != null && isEntityOrRef(entity.assessment)) ? entity.assessment.__helper.getPrimaryKey(true) : entity.assessment,
        version: entity.version,
        stream: entity.stream,
      };
      if (cond.assessment == null || cond.version == null || cond.stream == null) return null;
      return cond;
    }
  },
  'pkSerializer-untold_end_12000': function(isEntityOrRef, getCompositeKeyValue, getPrimaryKeyHash) {
    // compiled pk serializer for entity UntoldEnd
    return function(entity) {
      const pks = entity.__helper.__pk ? getCompositeKeyValue(entity.__helper.__pk) : [
        (entity.assessment != null && isEntityOrRef(entity.assessment)) ? entity.assessment.__helper.getSerializedPrimaryKey() : entity.assessment,
        entity.version,
        entity.stream,
      ];
      return pks.join('~~~');
    }
  },
  'hydrator-session_11000-full-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_id, convertToDatabaseValue_id) {
    // compiled hydrator for entity Session ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.id === null) {
        entity.id = null;
      } else if (typeof data.id !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_id(data.id);
          entity.id = value;
        } else {
          entity.id = data.id;
        }
      }
      if (data.tokenHash === null) {
        entity.tokenHash = null;
      } else if (typeof data.tokenHash !== 'undefined') {
        entity.tokenHash = data.tokenHash;
      }
      if (data.createdAt === null) {
        entity.createdAt = null;
      } else if (typeof data.createdAt !== 'undefined') {
        if (data.createdAt instanceof Date) {
          entity.createdAt = data.createdAt;
        } else if (typeof data.createdAt === 'number' || data.createdAt.includes('+') || data.createdAt.lastIndexOf('-') > 10 || data.createdAt.endsWith('Z')) {
          entity.createdAt = new Date(data.createdAt);
        } else {
          entity.createdAt = new Date(data.createdAt + 'Z');
        }
      }
      if (data.expiresAt === null) {
        entity.expiresAt = null;
      } else if (typeof data.expiresAt !== 'undefined') {
        if (data.expiresAt instanceof Date) {
          entity.expiresAt = data.expiresAt;
        } else if (typeof data.expiresAt === 'number' || data.expiresAt.includes('+') || data.expiresAt.lastIndexOf('-') > 10 || data.expiresAt.endsWith('Z')) {
          entity.expiresAt = new Date(data.expiresAt);
        } else {
          entity.expiresAt = new Date(data.expiresAt + 'Z');
        }
      }
      if (data.endedAt === null) {
        entity.endedAt = null;
      } else if (typeof data.endedAt !== 'undefined') {
        if (data.endedAt instanceof Date) {
          entity.endedAt = data.endedAt;
        } else if (typeof data.endedAt === 'number' || data.endedAt.includes('+') || data.endedAt.lastIndexOf('-') > 10 || data.endedAt.endsWith('Z')) {
          entity.endedAt = new Date(data.endedAt);
        } else {
          entity.endedAt = new Date(data.endedAt + 'Z');
        }
      }
    }
  },
  'hydrator-session_11000-full-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_id, convertToDatabaseValue_id) {
    // compiled hydrator for entity Session ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.id === null) {
        entity.id = null;
      } else if (typeof data.id !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_id(data.id);
          entity.id = value;
        } else {
          entity.id = data.id;
        }
      }
      if (data.tokenHash === null) {
        entity.tokenHash = null;
      } else if (typeof data.tokenHash !== 'undefined') {
        entity.tokenHash = data.tokenHash;
      }
      if (data.createdAt === null) {
        entity.createdAt = null;
      } else if (typeof data.createdAt !== 'undefined') {
        if (data.createdAt instanceof Date) {
          entity.createdAt = data.createdAt;
        } else if (typeof data.createdAt === 'number' || data.createdAt.includes('+') || data.createdAt.lastIndexOf('-') > 10 || data.createdAt.endsWith('Z')) {
          entity.createdAt = new Date(data.createdAt);
        } else {
          entity.createdAt = new Date(data.createdAt + 'Z');
        }
      }
      if (data.expiresAt === null) {
        entity.expiresAt = null;
      } else if (typeof data.expiresAt !== 'undefined') {
        if (data.expiresAt instanceof Date) {
          entity.expiresAt = data.expiresAt;
        } else if (typeof data.expiresAt === 'number' || data.expiresAt.includes('+') || data.expiresAt.lastIndexOf('-') > 10 || data.expiresAt.endsWith('Z')) {
          entity.expiresAt = new Date(data.expiresAt);
        } else {
          entity.expiresAt = new Date(data.expiresAt + 'Z');
        }
      }
      if (data.endedAt === null) {
        entity.endedAt = null;
      } else if (typeof data.endedAt !== 'undefined') {
        if (data.endedAt instanceof Date) {
          entity.endedAt = data.endedAt;
        } else if (typeof data.endedAt === 'number' || data.endedAt.includes('+') || data.endedAt.lastIndexOf('-') > 10 || data.endedAt.endsWith('Z')) {
          entity.endedAt = new Date(data.endedAt);
        } else {
          entity.endedAt = new Date(data.endedAt + 'Z');
        }
      }
    }
  },
  'comparator-session_11000': function(compareArrays, compareBooleans, compareBuffers, compareObjects, equals) {
    // compiled comparator for entity Session
    return function(last, current, options) {
      const diff = {};
      if (current.id === null && last.id === undefined) {
        diff.id = current.id;
      } else if (current.id == null && last.id == null) {
    
      } else if ((current.id != null && last.id == null) || (current.id == null && last.id != null)) {
        diff.id = current.id;
      } else if (last.id !== current.id) {
        diff.id = current.id;
      }
    
      if (current.tokenHash === null && last.tokenHash === undefined) {
        diff.tokenHash = current.tokenHash;
      } else if (current.tokenHash == null && last.tokenHash == null) {
    
      } else if ((current.tokenHash != null && last.tokenHash == null) || (current.tokenHash == null && last.tokenHash != null)) {
        diff.tokenHash = current.tokenHash;
      } else if (last.tokenHash !== current.tokenHash) {
        diff.tokenHash = current.tokenHash;
      }
    
      if (current.createdAt === null && last.createdAt === undefined) {
        diff.createdAt = current.createdAt;
      } else if (current.createdAt == null && last.createdAt == null) {
    
      } else if ((current.createdAt != null && last.createdAt == null) || (current.createdAt == null && last.createdAt != null)) {
        diff.createdAt = current.createdAt;
      } else if (last.createdAt.valueOf() !== current.createdAt.valueOf()) {
        diff.createdAt = current.createdAt;
      }
    
      if (current.expiresAt === null && last.expiresAt === undefined) {
        diff.expiresAt = current.expiresAt;
      } else if (current.expiresAt == null && last.expiresAt == null) {
    
      } else if ((current.expiresAt != null && last.expiresAt == null) || (current.expiresAt == null && last.expiresAt != null)) {
        diff.expiresAt = current.expiresAt;
      } else if (last.expiresAt.valueOf() !== current.expiresAt.valueOf()) {
        diff.expiresAt = current.expiresAt;
      }
    
      if (current.endedAt === null && last.endedAt === undefined) {
        diff.endedAt = current.endedAt;
      } else if (current.endedAt == null && last.endedAt == null) {
    
      } else if ((current.endedAt != null && last.endedAt == null) || (current.endedAt == null && last.endedAt != null)) {
        diff.endedAt = current.endedAt;
      } else if (last.endedAt.valueOf() !== current.endedAt.valueOf()) {
        diff.endedAt = current.endedAt;
      }
    
    if (options?.includeInverseSides) {
    }
      return diff;
    }
  },
  'snapshotGenerator-session_11000': function(clone, cloneEmbeddable, convertToDatabaseValue_id, processDateProperty) {
    return function(entity) {
      const ret = {};
      if (typeof entity.id !== 'undefined') {
        ret.id = convertToDatabaseValue_id(entity.id);
      }
    
      if (typeof entity.tokenHash !== 'undefined') {
        ret.tokenHash = entity.tokenHash;
      }
    
      if (typeof entity.createdAt !== 'undefined') {
        ret.createdAt = clone(processDateProperty(entity.createdAt));
      }
    
      if (typeof entity.expiresAt !== 'undefined') {
        ret.expiresAt = clone(processDateProperty(entity.expiresAt));
      }
    
      if (typeof entity.endedAt !== 'undefined') {
        ret.endedAt = clone(processDateProperty(entity.endedAt));
      }
    
      return ret;
    }
  },
  'resultMapper-session_11000': function(PolymorphicRef, parseDate) {
    // compiled mapper for entity Session
    return function(result) {
      const ret = {};
      const mapped = {};
      if (typeof result.id !== 'undefined') {
        ret.id = result.id;
        mapped.id = true;
      }
      if (typeof result.token_hash !== 'undefined') {
        ret.tokenHash = result.token_hash;
        mapped.token_hash = true;
      }
      if (typeof result.created_at !== 'undefined') {
        if (result.created_at == null || result.created_at instanceof Date) {
          ret.createdAt = result.created_at;
        } else if (typeof result.created_at === 'bigint') {
          ret.createdAt = parseDate(Number(result.created_at));
        } else if (typeof result.created_at === 'number' || result.created_at.includes('+') || result.created_at.lastIndexOf('-') > 10 || result.created_at.endsWith('Z')) {
          ret.createdAt = parseDate(result.created_at);
        } else {
          ret.createdAt = parseDate(result.created_at + 'Z');
        }
        mapped.created_at = true;
      }
      if (typeof result.expires_at !== 'undefined') {
        if (result.expires_at == null || result.expires_at instanceof Date) {
          ret.expiresAt = result.expires_at;
        } else if (typeof result.expires_at === 'bigint') {
          ret.expiresAt = parseDate(Number(result.expires_at));
        } else if (typeof result.expires_at === 'number' || result.expires_at.includes('+') || result.expires_at.lastIndexOf('-') > 10 || result.expires_at.endsWith('Z')) {
          ret.expiresAt = parseDate(result.expires_at);
        } else {
          ret.expiresAt = parseDate(result.expires_at + 'Z');
        }
        mapped.expires_at = true;
      }
      if (typeof result.ended_at !== 'undefined') {
        if (result.ended_at == null || result.ended_at instanceof Date) {
          ret.endedAt = result.ended_at;
        } else if (typeof result.ended_at === 'bigint') {
          ret.endedAt = parseDate(Number(result.ended_at));
        } else if (typeof result.ended_at === 'number' || result.ended_at.includes('+') || result.ended_at.lastIndexOf('-') > 10 || result.ended_at.endsWith('Z')) {
          ret.endedAt = parseDate(result.ended_at);
        } else {
          ret.endedAt = parseDate(result.ended_at + 'Z');
        }
        mapped.ended_at = true;
      }
      for (let k in result) { if (Object.hasOwn(result, k) && !mapped[k] && ret[k] === undefined) ret[k] = result[k]; }
      return ret;
    }
  },
  'hydrator-session_11000-reference-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_id, convertToDatabaseValue_id) {
    // compiled hydrator for entity Session ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.id === null) {
        entity.id = null;
      } else if (typeof data.id !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_id(data.id);
          entity.id = value;
        } else {
          entity.id = data.id;
        }
      }
    }
  },
  'hydrator-session_11000-reference-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_id, convertToDatabaseValue_id) {
    // compiled hydrator for entity Session ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.id === null) {
        entity.id = null;
      } else if (typeof data.id !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_id(data.id);
          entity.id = value;
        } else {
          entity.id = data.id;
        }
      }
    }
  },
  'pkGetter-session_11000': function(isEntityOrRef) {
    // compiled pk getter for entity Session
    return function(entity) {
      return entity.id;
    }
  },
  'pkGetterConverted-session_11000': function(isEntityOrRef, convertToDatabaseValue_id) {
    // compiled pk getter (with converted custom types) for entity Session
    return function(entity) {
      return convertToDatabaseValue_id(entity.id);
    }
  },
  'pkSerializer-session_11000': function(isEntityOrRef, getCompositeKeyValue, getPrimaryKeyHash, convertToDatabaseValue_id) {
    // compiled pk serializer for entity Session
    return function(entity) {
      const val_1 = convertToDatabaseValue_id(entity.id);
      return getPrimaryKeyHash(val_1);
    }
  },
  'hydrator-secret_10000-full-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError) {
    // compiled hydrator for entity Secret ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.name === null) {
        entity.name = null;
      } else if (typeof data.name !== 'undefined') {
        entity.name = data.name;
      }
      if (data.value === null) {
        entity.value = null;
      } else if (typeof data.value !== 'undefined') {
        entity.value = data.value;
      }
    }
  },
  'hydrator-secret_10000-full-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError) {
    // compiled hydrator for entity Secret ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.name === null) {
        entity.name = null;
      } else if (typeof data.name !== 'undefined') {
        entity.name = data.name;
      }
      if (data.value === null) {
        entity.value = null;
      } else if (typeof data.value !== 'undefined') {
        entity.value = data.value;
      }
    }
  },
  'comparator-secret_10000': function(compareArrays, compareBooleans, compareBuffers, compareObjects, equals) {
    // compiled comparator for entity Secret
    return function(last, current, options) {
      const diff = {};
      if (current.name === null && last.name === undefined) {
        diff.name = current.name;
      } else if (current.name == null && last.name == null) {
    
      } else if ((current.name != null && last.name == null) || (current.name == null && last.name != null)) {
        diff.name = current.name;
      } else if (last.name !== current.name) {
        diff.name = current.name;
      }
    
      if (current.value === null && last.value === undefined) {
        diff.value = current.value;
      } else if (current.value == null && last.value == null) {
    
      } else if ((current.value != null && last.value == null) || (current.value == null && last.value != null)) {
        diff.value = current.value;
      } else if (last.value !== current.value) {
        diff.value = current.value;
      }
    
    if (options?.includeInverseSides) {
    }
      return diff;
    }
  },
  'snapshotGenerator-secret_10000': function(clone, cloneEmbeddable) {
    return function(entity) {
      const ret = {};
      if (typeof entity.name !== 'undefined') {
        ret.name = entity.name;
      }
    
      if (typeof entity.value !== 'undefined') {
        ret.value = entity.value;
      }
    
      return ret;
    }
  },
  'resultMapper-secret_10000': function(PolymorphicRef) {
    // compiled mapper for entity Secret
    return function(result) {
      const ret = {};
      const mapped = {};
      if (typeof result.name !== 'undefined') {
        ret.name = result.name;
        mapped.name = true;
      }
      if (typeof result.value !== 'undefined') {
        ret.value = result.value;
        mapped.value = true;
      }
      for (let k in result) { if (Object.hasOwn(result, k) && !mapped[k] && ret[k] === undefined) ret[k] = result[k]; }
      return ret;
    }
  },
  'hydrator-secret_10000-reference-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError) {
    // compiled hydrator for entity Secret ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.name === null) {
        entity.name = null;
      } else if (typeof data.name !== 'undefined') {
        entity.name = data.name;
      }
    }
  },
  'hydrator-secret_10000-reference-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError) {
    // compiled hydrator for entity Secret ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.name === null) {
        entity.name = null;
      } else if (typeof data.name !== 'undefined') {
        entity.name = data.name;
      }
    }
  },
  'pkGetter-secret_10000': function(isEntityOrRef) {
    // compiled pk getter for entity Secret
    return function(entity) {
      return entity.name;
    }
  },
  'pkGetterConverted-secret_10000': function(isEntityOrRef) {
    // compiled pk getter (with converted custom types) for entity Secret
    return function(entity) {
      return entity.name;
    }
  },
  'pkSerializer-secret_10000': function(isEntityOrRef, getCompositeKeyValue, getPrimaryKeyHash) {
    // compiled pk serializer for entity Secret
    return function(entity) {
      return '' + entity.name;
    }
  },
  'hydrator-result_test_9000-full-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, test_assessment_50, test_assessment_51, convertToJSValue_recommendations, convertToDatabaseValue_recommendations, convertToJSValue_scores, convertToDatabaseValue_scores) {
    // compiled hydrator for entity Result ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.assessment === null) {
        entity.assessment = null;
      } else if (typeof data.assessment !== 'undefined') {
        if (isPrimaryKey(data.assessment, true)) {
          entity.assessment = factory.createReference(test_assessment_50, data.assessment, { merge: true, convertCustomTypes, normalizeAccessors, schema });
        } else if (data.assessment && typeof data.assessment === 'object') {
          entity.assessment = factory.create(test_assessment_51, data.assessment, { initialized: true, merge: true, newEntity, convertCustomTypes, normalizeAccessors, schema });
        }
      }
      if (data.round === null) {
        entity.round = null;
      } else if (typeof data.round !== 'undefined') {
        entity.round = data.round;
      }
      if (data.summary === null) {
        entity.summary = null;
      } else if (typeof data.summary !== 'undefined') {
        entity.summary = data.summary;
      }
      if (data.recommendations === null) {
        entity.recommendations = null;
      } else if (typeof data.recommendations !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_recommendations(data.recommendations);
          data.recommendations = convertToDatabaseValue_recommendations(value);
          entity.recommendations = value;
        } else {
          entity.recommendations = data.recommendations;
        }
      }
      if (data.scores === null) {
        entity.scores = null;
      } else if (typeof data.scores !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_scores(data.scores);
          data.scores = convertToDatabaseValue_scores(value);
          entity.scores = value;
        } else {
          entity.scores = data.scores;
        }
      }
      if (data.model === null) {
        entity.model = null;
      } else if (typeof data.model !== 'undefined') {
        entity.model = data.model;
      }
      if (data.promptVersion === null) {
        entity.promptVersion = null;
      } else if (typeof data.promptVersion !== 'undefined') {
        entity.promptVersion = data.promptVersion;
      }
      if (data.textHash === null) {
        entity.textHash = null;
      } else if (typeof data.textHash !== 'undefined') {
        entity.textHash = data.textHash;
      }
      if (data.promptTokens === null) {
        entity.promptTokens = null;
      } else if (typeof data.promptTokens !== 'undefined') {
        entity.promptTokens = data.promptTokens;
      }
      if (data.completionTokens === null) {
        entity.completionTokens = null;
      } else if (typeof data.completionTokens !== 'undefined') {
        entity.completionTokens = data.completionTokens;
      }
      if (data.createdAt === null) {
        entity.createdAt = null;
      } else if (typeof data.createdAt !== 'undefined') {
        if (data.createdAt instanceof Date) {
          entity.createdAt = data.createdAt;
        } else if (typeof data.createdAt === 'number' || data.createdAt.includes('+') || data.createdAt.lastIndexOf('-') > 10 || data.createdAt.endsWith('Z')) {
          entity.createdAt = new Date(data.createdAt);
        } else {
          entity.createdAt = new Date(data.createdAt + 'Z');
        }
      }
    }
  },
  'hydrator-result_test_9000-full-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, test_assessment_62, test_assessment_63, convertToJSValue_recommendations, convertToDatabaseValue_recommendations, convertToJSValue_scores, convertToDatabaseValue_scores) {
    // compiled hydrator for entity Result ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.assessment === null) {
        entity.assessment = null;
      } else if (typeof data.assessment !== 'undefined') {
        if (isPrimaryKey(data.assessment, true)) {
          entity.assessment = factory.createReference(test_assessment_62, data.assessment, { merge: true, convertCustomTypes, normalizeAccessors, schema });
        } else if (data.assessment && typeof data.assessment === 'object') {
          entity.assessment = factory.create(test_assessment_63, data.assessment, { initialized: true, merge: true, newEntity, convertCustomTypes, normalizeAccessors, schema });
        }
      }
      if (data.round === null) {
        entity.round = null;
      } else if (typeof data.round !== 'undefined') {
        entity.round = data.round;
      }
      if (data.summary === null) {
        entity.summary = null;
      } else if (typeof data.summary !== 'undefined') {
        entity.summary = data.summary;
      }
      if (data.recommendations === null) {
        entity.recommendations = null;
      } else if (typeof data.recommendations !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_recommendations(data.recommendations);
          data.recommendations = convertToDatabaseValue_recommendations(value);
          entity.recommendations = value;
        } else {
          entity.recommendations = data.recommendations;
        }
      }
      if (data.scores === null) {
        entity.scores = null;
      } else if (typeof data.scores !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_scores(data.scores);
          data.scores = convertToDatabaseValue_scores(value);
          entity.scores = value;
        } else {
          entity.scores = data.scores;
        }
      }
      if (data.model === null) {
        entity.model = null;
      } else if (typeof data.model !== 'undefined') {
        entity.model = data.model;
      }
      if (data.promptVersion === null) {
        entity.promptVersion = null;
      } else if (typeof data.promptVersion !== 'undefined') {
        entity.promptVersion = data.promptVersion;
      }
      if (data.textHash === null) {
        entity.textHash = null;
      } else if (typeof data.textHash !== 'undefined') {
        entity.textHash = data.textHash;
      }
      if (data.promptTokens === null) {
        entity.promptTokens = null;
      } else if (typeof data.promptTokens !== 'undefined') {
        entity.promptTokens = data.promptTokens;
      }
      if (data.completionTokens === null) {
        entity.completionTokens = null;
      } else if (typeof data.completionTokens !== 'undefined') {
        entity.completionTokens = data.completionTokens;
      }
      if (data.createdAt === null) {
        entity.createdAt = null;
      } else if (typeof data.createdAt !== 'undefined') {
        if (data.createdAt instanceof Date) {
          entity.createdAt = data.createdAt;
        } else if (typeof data.createdAt === 'number' || data.createdAt.includes('+') || data.createdAt.lastIndexOf('-') > 10 || data.createdAt.endsWith('Z')) {
          entity.createdAt = new Date(data.createdAt);
        } else {
          entity.createdAt = new Date(data.createdAt + 'Z');
        }
      }
    }
  },
  'comparator-result_test_9000': function(compareArrays, compareBooleans, compareBuffers, compareObjects, equals) {
    // compiled comparator for entity Result
    return function(last, current, options) {
      const diff = {};
      if (current.assessment === null && last.assessment === undefined) {
        diff.assessment = current.assessment;
      } else if (current.assessment == null && last.assessment == null) {
    
      } else if ((current.assessment != null && last.assessment == null) || (current.assessment == null && last.assessment != null)) {
        diff.assessment = current.assessment;
      } else if (last.assessment !== current.assessment) {
        diff.assessment = current.assessment;
      }
    
      if (current.round === null && last.round === undefined) {
        diff.round = current.round;
      } else if (current.round == null && last.round == null) {
    
      } else if ((current.round != null && last.round == null) || (current.round == null && last.round != null)) {
        diff.round = current.round;
      } else if (!equals(last.round, current.round)) {
        diff.round = current.round;
      }
    
      if (current.summary === null && last.summary === undefined) {
        diff.summary = current.summary;
      } else if (current.summary == null && last.summary == null) {
    
      } else if ((current.summary != null && last.summary == null) || (current.summary == null && last.summary != null)) {
        diff.summary = current.summary;
      } else if (last.summary !== current.summary) {
        diff.summary = current.summary;
      }
    
      if (current.recommendations === null && last.recommendations === undefined) {
        diff.recommendations = current.recommendations;
      } else if (current.recommendations == null && last.recommendations == null) {
    
      } else if ((current.recommendations != null && last.recommendations == null) || (current.recommendations == null && last.recommendations != null)) {
        diff.recommendations = current.recommendations;
      } else if (!equals(last.recommendations, current.recommendations)) {
        diff.recommendations = current.recommendations;
      }
    
      if (current.scores === null && last.scores === undefined) {
        diff.scores = current.scores;
      } else if (current.scores == null && last.scores == null) {
    
      } else if ((current.scores != null && last.scores == null) || (current.scores == null && last.scores != null)) {
        diff.scores = current.scores;
      } else if (!equals(last.scores, current.scores)) {
        diff.scores = current.scores;
      }
    
      if (current.model === null && last.model === undefined) {
        diff.model = current.model;
      } else if (current.model == null && last.model == null) {
    
      } else if ((current.model != null && last.model == null) || (current.model == null && last.model != null)) {
        diff.model = current.model;
      } else if (last.model !== current.model) {
        diff.model = current.model;
      }
    
      if (current.promptVersion === null && last.promptVersion === undefined) {
        diff.promptVersion = current.promptVersion;
      } else if (current.promptVersion == null && last.promptVersion == null) {
    
      } else if ((current.promptVersion != null && last.promptVersion == null) || (current.promptVersion == null && last.promptVersion != null)) {
        diff.promptVersion = current.promptVersion;
      } else if (last.promptVersion !== current.promptVersion) {
        diff.promptVersion = current.promptVersion;
      }
    
      if (current.textHash === null && last.textHash === undefined) {
        diff.textHash = current.textHash;
      } else if (current.textHash == null && last.textHash == null) {
    
      } else if ((current.textHash != null && last.textHash == null) || (current.textHash == null && last.textHash != null)) {
        diff.textHash = current.textHash;
      } else if (last.textHash !== current.textHash) {
        diff.textHash = current.textHash;
      }
    
      if (current.promptTokens === null && last.promptTokens === undefined) {
        diff.promptTokens = current.promptTokens;
      } else if (current.promptTokens == null && last.promptTokens == null) {
    
      } else if ((current.promptTokens != null && last.promptTokens == null) || (current.promptTokens == null && last.promptTokens != null)) {
        diff.promptTokens = current.promptTokens;
      } else if (!equals(last.promptTokens, current.promptTokens)) {
        diff.promptTokens = current.promptTokens;
      }
    
      if (current.completionTokens === null && last.completionTokens === undefined) {
        diff.completionTokens = current.completionTokens;
      } else if (current.completionTokens == null && last.completionTokens == null) {
    
      } else if ((current.completionTokens != null && last.completionTokens == null) || (current.completionTokens == null && last.completionTokens != null)) {
        diff.completionTokens = current.completionTokens;
      } else if (!equals(last.completionTokens, current.completionTokens)) {
        diff.completionTokens = current.completionTokens;
      }
    
      if (current.createdAt === null && last.createdAt === undefined) {
        diff.createdAt = current.createdAt;
      } else if (current.createdAt == null && last.createdAt == null) {
    
      } else if ((current.createdAt != null && last.createdAt == null) || (current.createdAt == null && last.createdAt != null)) {
        diff.createdAt = current.createdAt;
      } else if (last.createdAt.valueOf() !== current.createdAt.valueOf()) {
        diff.createdAt = current.createdAt;
      }
    
    if (options?.includeInverseSides) {
    }
      return diff;
    }
  },
  'snapshotGenerator-result_test_9000': function(clone, cloneEmbeddable, toArray, EntityIdentifier, convertToDatabaseValue_recommendations, convertToDatabaseValue_scores, processDateProperty) {
    return function(entity) {
      const ret = {};
      if (typeof entity.assessment !== 'undefined') {
        if (entity.assessment === null) {
          ret.assessment = null;
        } else if (entity.assessment?.__helper.__identifier && !entity.assessment.__helper.hasPrimaryKey()) {
          ret.assessment = entity.assessment?.__helper.__identifier;
        } else if (typeof entity.assessment !== 'undefined') {
          ret.assessment = toArray(entity.assessment.__helper.getPrimaryKey(true));
        }
      }
    
      if (typeof entity.round !== 'undefined') {
        ret.round = clone(entity.round);
      }
    
      if (typeof entity.summary !== 'undefined') {
        ret.summary = entity.summary;
      }
    
      if (typeof entity.recommendations !== 'undefined') {
        ret.recommendations = clone(convertToDatabaseValue_recommendations(entity.recommendations));
      }
    
      if (typeof entity.scores !== 'undefined') {
        ret.scores = clone(convertToDatabaseValue_scores(entity.scores));
      }
    
      if (typeof entity.model !== 'undefined') {
        ret.model = entity.model;
      }
    
      if (typeof entity.promptVersion !== 'undefined') {
        ret.promptVersion = entity.promptVersion;
      }
    
      if (typeof entity.textHash !== 'undefined') {
        ret.textHash = entity.textHash;
      }
    
      if (typeof entity.promptTokens !== 'undefined') {
        ret.promptTokens = clone(entity.promptTokens);
      }
    
      if (typeof entity.completionTokens !== 'undefined') {
        ret.completionTokens = clone(entity.completionTokens);
      }
    
      if (typeof entity.createdAt !== 'undefined') {
        ret.createdAt = clone(processDateProperty(entity.createdAt));
      }
    
      return ret;
    }
  },
  'resultMapper-result_test_9000': function(PolymorphicRef, parseDate) {
    // compiled mapper for entity Result
    return function(result) {
      const ret = {};
      const mapped = {};
      if (typeof result.assessment_id !== 'undefined') {
        ret.assessment = result.assessment_id;
        mapped.assessment_id = true;
      }
      if (typeof result.round !== 'undefined') {
        ret.round = result.round;
        mapped.round = true;
      }
      if (typeof result.summary !== 'undefined') {
        ret.summary = result.summary;
        mapped.summary = true;
      }
      if (typeof result.recommendations !== 'undefined') {
        ret.recommendations = result.recommendations;
        mapped.recommendations = true;
      }
      if (typeof result.scores !== 'undefined') {
        ret.scores = result.scores;
        mapped.scores = true;
      }
      if (typeof result.model !== 'undefined') {
        ret.model = result.model;
        mapped.model = true;
      }
      if (typeof result.prompt_version !== 'undefined') {
        ret.promptVersion = result.prompt_version;
        mapped.prompt_version = true;
      }
      if (typeof result.text_hash !== 'undefined') {
        ret.textHash = result.text_hash;
        mapped.text_hash = true;
      }
      if (typeof result.prompt_tokens !== 'undefined') {
        ret.promptTokens = result.prompt_tokens;
        mapped.prompt_tokens = true;
      }
      if (typeof result.completion_tokens !== 'undefined') {
        ret.completionTokens = result.completion_tokens;
        mapped.completion_tokens = true;
      }
      if (typeof result.created_at !== 'undefined') {
        if (result.created_at == null || result.created_at instanceof Date) {
          ret.createdAt = result.created_at;
        } else if (typeof result.created_at === 'bigint') {
          ret.createdAt = parseDate(Number(result.created_at));
        } else if (typeof result.created_at === 'number' || result.created_at.includes('+') || result.created_at.lastIndexOf('-') > 10 || result.created_at.endsWith('Z')) {
          ret.createdAt = parseDate(result.created_at);
        } else {
          ret.createdAt = parseDate(result.created_at + 'Z');
        }
        mapped.created_at = true;
      }
      for (let k in result) { if (Object.hasOwn(result, k) && !mapped[k] && ret[k] === undefined) ret[k] = result[k]; }
      return ret;
    }
  },
  'hydrator-result_test_9000-reference-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, test_assessment_74, test_assessment_75) {
    // compiled hydrator for entity Result ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.assessment === null) {
        entity.assessment = null;
      } else if (typeof data.assessment !== 'undefined') {
        if (isPrimaryKey(data.assessment, true)) {
          entity.assessment = factory.createReference(test_assessment_74, data.assessment, { merge: true, convertCustomTypes, normalizeAccessors, schema });
        } else if (data.assessment && typeof data.assessment === 'object') {
          entity.assessment = factory.createReference(test_assessment_75, data.assessment, { initialized: true, merge: true, newEntity, convertCustomTypes, normalizeAccessors, schema });
        }
      }
      if (data.round === null) {
        entity.round = null;
      } else if (typeof data.round !== 'undefined') {
        entity.round = data.round;
      }
    }
  },
  'hydrator-result_test_9000-reference-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, test_assessment_77, test_assessment_78) {
    // compiled hydrator for entity Result ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.assessment === null) {
        entity.assessment = null;
      } else if (typeof data.assessment !== 'undefined') {
        if (isPrimaryKey(data.assessment, true)) {
          entity.assessment = factory.createReference(test_assessment_77, data.assessment, { merge: true, convertCustomTypes, normalizeAccessors, schema });
        } else if (data.assessment && typeof data.assessment === 'object') {
          entity.assessment = factory.createReference(test_assessment_78, data.assessment, { initialized: true, merge: true, newEntity, convertCustomTypes, normalizeAccessors, schema });
        }
      }
      if (data.round === null) {
        entity.round = null;
      } else if (typeof data.round !== 'undefined') {
        entity.round = data.round;
      }
    }
  },
  'pkGetter-result_test_9000': function(isEntityOrRef) {
    // compiled pk getter for entity Result
    return function(entity) {
      const cond = {
        assessment: (entity.assessment != null && isEntityOrRef(entity.assessment)) ? entity.assessment.__helper.getPrimaryKey() : entity.assessment,
        round: entity.round,
      };
      if (cond.assessment == null || cond.round == null) return null;
      return cond;
    }
  },
  'pkGetterConverted-result_test_9000': function(isEntityOrRef) {
    // compiled pk getter (with converted custom types) for entity Result
    return function(entity) {
      const cond = {
        assessment: (entity.assessment != null && isEntityOrRef(entity.assessment)) ? entity.assessment.__helper.getPrimaryKey(true) : entity.assessment,
        round: entity.round,
      };
      if (cond.assessment == null || cond.round == null) return null;
      return cond;
    }
  },
  'pkSerializer-result_test_9000': function(isEntityOrRef, getCompositeKeyValue, getPrimaryKeyHash) {
    // compiled pk serializer for entity Result
    return function(entity) {
      const pks = entity.__helper.__pk ? getCompositeKeyValue(entity.__helper.__pk) : [
        (entity.assessment != null && isEntityOrRef(entity.assessment)) ? entity.assessment.__helper.getSerializedPrimaryKey() : entity.assessment,
        entity.round,
      ];
      return pks.join('~~~');
    }
  },
  'hydrator-rate_bucket_8000-full-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_level, convertToDatabaseValue_level, convertToJSValue_spent, convertToDatabaseValue_spent, convertToJSValue_burst, convertToDatabaseValue_burst, convertToJSValue_perSecond, convertToDatabaseValue_perSecond) {
    // compiled hydrator for entity RateBucket ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.bucket === null) {
        entity.bucket = null;
      } else if (typeof data.bucket !== 'undefined') {
        entity.bucket = data.bucket;
      }
      if (data.level === null) {
        entity.level = null;
      } else if (typeof data.level !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_level(data.level);
          data.level = convertToDatabaseValue_level(value);
          entity.level = value;
        } else {
          entity.level = data.level;
        }
      }
      if (data.spent === null) {
        entity.spent = null;
      } else if (typeof data.spent !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_spent(data.spent);
          data.spent = convertToDatabaseValue_spent(value);
          entity.spent = value;
        } else {
          entity.spent = data.spent;
        }
      }
      if (data.burst === null) {
        entity.burst = null;
      } else if (typeof data.burst !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_burst(data.burst);
          data.burst = convertToDatabaseValue_burst(value);
          entity.burst = value;
        } else {
          entity.burst = data.burst;
        }
      }
      if (data.perSecond === null) {
        entity.perSecond = null;
      } else if (typeof data.perSecond !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_perSecond(data.perSecond);
          data.perSecond = convertToDatabaseValue_perSecond(value);
          entity.perSecond = value;
        } else {
          entity.perSecond = data.perSecond;
        }
      }
      if (data.updatedAt === null) {
        entity.updatedAt = null;
      } else if (typeof data.updatedAt !== 'undefined') {
        if (data.updatedAt instanceof Date) {
          entity.updatedAt = data.updatedAt;
        } else if (typeof data.updatedAt === 'number' || data.updatedAt.includes('+') || data.updatedAt.lastIndexOf('-') > 10 || data.updatedAt.endsWith('Z')) {
          entity.updatedAt = new Date(data.updatedAt);
        } else {
          entity.updatedAt = new Date(data.updatedAt + 'Z');
        }
      }
      if (data.keptUntil === null) {
        entity.keptUntil = null;
      } else if (typeof data.keptUntil !== 'undefined') {
        if (data.keptUntil instanceof Date) {
          entity.keptUntil = data.keptUntil;
        } else if (typeof data.keptUntil === 'number' || data.keptUntil.includes('+') || data.keptUntil.lastIndexOf('-') > 10 || data.keptUntil.endsWith('Z')) {
          entity.keptUntil = new Date(data.keptUntil);
        } else {
          entity.keptUntil = new Date(data.keptUntil + 'Z');
        }
      }
    }
  },
  'hydrator-rate_bucket_8000-full-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_level, convertToDatabaseValue_level, convertToJSValue_spent, convertToDatabaseValue_spent, convertToJSValue_burst, convertToDatabaseValue_burst, convertToJSValue_perSecond, convertToDatabaseValue_perSecond) {
    // compiled hydrator for entity RateBucket ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.bucket === null) {
        entity.bucket = null;
      } else if (typeof data.bucket !== 'undefined') {
        entity.bucket = data.bucket;
      }
      if (data.level === null) {
        entity.level = null;
      } else if (typeof data.level !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_level(data.level);
          data.level = convertToDatabaseValue_level(value);
          entity.level = value;
        } else {
          entity.level = data.level;
        }
      }
      if (data.spent === null) {
        entity.spent = null;
      } else if (typeof data.spent !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_spent(data.spent);
          data.spent = convertToDatabaseValue_spent(value);
          entity.spent = value;
        } else {
          entity.spent = data.spent;
        }
      }
      if (data.burst === null) {
        entity.burst = null;
      } else if (typeof data.burst !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_burst(data.burst);
          data.burst = convertToDatabaseValue_burst(value);
          entity.burst = value;
        } else {
          entity.burst = data.burst;
        }
      }
      if (data.perSecond === null) {
        entity.perSecond = null;
      } else if (typeof data.perSecond !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_perSecond(data.perSecond);
          data.perSecond = convertToDatabaseValue_perSecond(value);
          entity.perSecond = value;
        } else {
          entity.perSecond = data.perSecond;
        }
      }
      if (data.updatedAt === null) {
        entity.updatedAt = null;
      } else if (typeof data.updatedAt !== 'undefined') {
        if (data.updatedAt instanceof Date) {
          entity.updatedAt = data.updatedAt;
        } else if (typeof data.updatedAt === 'number' || data.updatedAt.includes('+') || data.updatedAt.lastIndexOf('-') > 10 || data.updatedAt.endsWith('Z')) {
          entity.updatedAt = new Date(data.updatedAt);
        } else {
          entity.updatedAt = new Date(data.updatedAt + 'Z');
        }
      }
      if (data.keptUntil === null) {
        entity.keptUntil = null;
      } else if (typeof data.keptUntil !== 'undefined') {
        if (data.keptUntil instanceof Date) {
          entity.keptUntil = data.keptUntil;
        } else if (typeof data.keptUntil === 'number' || data.keptUntil.includes('+') || data.keptUntil.lastIndexOf('-') > 10 || data.keptUntil.endsWith('Z')) {
          entity.keptUntil = new Date(data.keptUntil);
        } else {
          entity.keptUntil = new Date(data.keptUntil + 'Z');
        }
      }
    }
  },
  'comparator-rate_bucket_8000': function(compareArrays, compareBooleans, compareBuffers, compareObjects, equals) {
    // compiled comparator for entity RateBucket
    return function(last, current, options) {
      const diff = {};
      if (current.bucket === null && last.bucket === undefined) {
        diff.bucket = current.bucket;
      } else if (current.bucket == null && last.bucket == null) {
    
      } else if ((current.bucket != null && last.bucket == null) || (current.bucket == null && last.bucket != null)) {
        diff.bucket = current.bucket;
      } else if (last.bucket !== current.bucket) {
        diff.bucket = current.bucket;
      }
    
      if (current.level === null && last.level === undefined) {
        diff.level = current.level;
      } else if (current.level == null && last.level == null) {
    
      } else if ((current.level != null && last.level == null) || (current.level == null && last.level != null)) {
        diff.level = current.level;
      } else if (last.level !== current.level) {
        diff.level = current.level;
      }
    
      if (current.spent === null && last.spent === undefined) {
        diff.spent = current.spent;
      } else if (current.spent == null && last.spent == null) {
    
      } else if ((current.spent != null && last.spent == null) || (current.spent == null && last.spent != null)) {
        diff.spent = current.spent;
      } else if (last.spent !== current.spent) {
        diff.spent = current.spent;
      }
    
      if (current.burst === null && last.burst === undefined) {
        diff.burst = current.burst;
      } else if (current.burst == null && last.burst == null) {
    
      } else if ((current.burst != null && last.burst == null) || (current.burst == null && last.burst != null)) {
        diff.burst = current.burst;
      } else if (last.burst !== current.burst) {
        diff.burst = current.burst;
      }
    
      if (current.perSecond === null && last.perSecond === undefined) {
        diff.perSecond = current.perSecond;
      } else if (current.perSecond == null && last.perSecond == null) {
    
      } else if ((current.perSecond != null && last.perSecond == null) || (current.perSecond == null && last.perSecond != null)) {
        diff.perSecond = current.perSecond;
      } else if (last.perSecond !== current.perSecond) {
        diff.perSecond = current.perSecond;
      }
    
      if (current.updatedAt === null && last.updatedAt === undefined) {
        diff.updatedAt = current.updatedAt;
      } else if (current.updatedAt == null && last.updatedAt == null) {
    
      } else if ((current.updatedAt != null && last.updatedAt == null) || (current.updatedAt == null && last.updatedAt != null)) {
        diff.updatedAt = current.updatedAt;
      } else if (last.updatedAt.valueOf() !== current.updatedAt.valueOf()) {
        diff.updatedAt = current.updatedAt;
      }
    
      if (current.keptUntil === null && last.keptUntil === undefined) {
        diff.keptUntil = current.keptUntil;
      } else if (current.keptUntil == null && last.keptUntil == null) {
    
      } else if ((current.keptUntil != null && last.keptUntil == null) || (current.keptUntil == null && last.keptUntil != null)) {
        diff.keptUntil = current.keptUntil;
      } else if (last.keptUntil.valueOf() !== current.keptUntil.valueOf()) {
        diff.keptUntil = current.keptUntil;
      }
    
    if (options?.includeInverseSides) {
    }
      return diff;
    }
  },
  'snapshotGenerator-rate_bucket_8000': function(clone, cloneEmbeddable, convertToDatabaseValue_level, convertToDatabaseValue_spent, convertToDatabaseValue_burst, convertToDatabaseValue_perSecond, processDateProperty) {
    return function(entity) {
      const ret = {};
      if (typeof entity.bucket !== 'undefined') {
        ret.bucket = entity.bucket;
      }
    
      if (typeof entity.level !== 'undefined') {
        ret.level = convertToDatabaseValue_level(entity.level);
      }
    
      if (typeof entity.spent !== 'undefined') {
        ret.spent = convertToDatabaseValue_spent(entity.spent);
      }
    
      if (typeof entity.burst !== 'undefined') {
        ret.burst = convertToDatabaseValue_burst(entity.burst);
      }
    
      if (typeof entity.perSecond !== 'undefined') {
        ret.perSecond = convertToDatabaseValue_perSecond(entity.perSecond);
      }
    
      if (typeof entity.updatedAt !== 'undefined') {
        ret.updatedAt = clone(processDateProperty(entity.updatedAt));
      }
    
      if (typeof entity.keptUntil !== 'undefined') {
        ret.keptUntil = clone(processDateProperty(entity.keptUntil));
      }
    
      return ret;
    }
  },
  'resultMapper-rate_bucket_8000': function(PolymorphicRef, parseDate) {
    // compiled mapper for entity RateBucket
    return function(result) {
      const ret = {};
      const mapped = {};
      if (typeof result.bucket !== 'undefined') {
        ret.bucket = result.bucket;
        mapped.bucket = true;
      }
      if (typeof result.level !== 'undefined') {
        ret.level = result.level;
        mapped.level = true;
      }
      if (typeof result.spent !== 'undefined') {
        ret.spent = result.spent;
        mapped.spent = true;
      }
      if (typeof result.burst !== 'undefined') {
        ret.burst = result.burst;
        mapped.burst = true;
      }
      if (typeof result.per_second !== 'undefined') {
        ret.perSecond = result.per_second;
        mapped.per_second = true;
      }
      if (typeof result.updated_at !== 'undefined') {
        if (result.updated_at == null || result.updated_at instanceof Date) {
          ret.updatedAt = result.updated_at;
        } else if (typeof result.updated_at === 'bigint') {
          ret.updatedAt = parseDate(Number(result.updated_at));
        } else if (typeof result.updated_at === 'number' || result.updated_at.includes('+') || result.updated_at.lastIndexOf('-') > 10 || result.updated_at.endsWith('Z')) {
          ret.updatedAt = parseDate(result.updated_at);
        } else {
          ret.updatedAt = parseDate(result.updated_at + 'Z');
        }
        mapped.updated_at = true;
      }
      if (typeof result.kept_until !== 'undefined') {
        if (result.kept_until == null || result.kept_until instanceof Date) {
          ret.keptUntil = result.kept_until;
        } else if (typeof result.kept_until === 'bigint') {
          ret.keptUntil = parseDate(Number(result.kept_until));
        } else if (typeof result.kept_until === 'number' || result.kept_until.includes('+') || result.kept_until.lastIndexOf('-') > 10 || result.kept_until.endsWith('Z')) {
          ret.keptUntil = parseDate(result.kept_until);
        } else {
          ret.keptUntil = parseDate(result.kept_until + 'Z');
        }
        mapped.kept_until = true;
      }
      for (let k in result) { if (Object.hasOwn(result, k) && !mapped[k] && ret[k] === undefined) ret[k] = result[k]; }
      return ret;
    }
  },
  'hydrator-rate_bucket_8000-reference-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError) {
    // compiled hydrator for entity RateBucket ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.bucket === null) {
        entity.bucket = null;
      } else if (typeof data.bucket !== 'undefined') {
        entity.bucket = data.bucket;
      }
    }
  },
  'hydrator-rate_bucket_8000-reference-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError) {
    // compiled hydrator for entity RateBucket ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.bucket === null) {
        entity.bucket = null;
      } else if (typeof data.bucket !== 'undefined') {
        entity.bucket = data.bucket;
      }
    }
  },
  'pkGetter-rate_bucket_8000': function(isEntityOrRef) {
    // compiled pk getter for entity RateBucket
    return function(entity) {
      return entity.bucket;
    }
  },
  'pkGetterConverted-rate_bucket_8000': function(isEntityOrRef) {
    // compiled pk getter (with converted custom types) for entity RateBucket
    return function(entity) {
      return entity.bucket;
    }
  },
  'pkSerializer-rate_bucket_8000': function(isEntityOrRef, getCompositeKeyValue, getPrimaryKeyHash) {
    // compiled pk serializer for entity RateBucket
    return function(entity) {
      return '' + entity.bucket;
    }
  },
  'hydrator-questionnaire_text_7000-full-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_content, convertToDatabaseValue_content) {
    // compiled hydrator for entity QuestionnaireText ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.questionnaireId === null) {
        entity.questionnaireId = null;
      } else if (typeof data.questionnaireId !== 'undefined') {
        entity.questionnaireId = data.questionnaireId;
      }
      if (data.language === null) {
        entity.language = null;
      } else if (typeof data.language !== 'undefined') {
        entity.language = data.language;
      }
      if (data.hash === null) {
        entity.hash = null;
      } else if (typeof data.hash !== 'undefined') {
        entity.hash = data.hash;
      }
      if (data.content === null) {
        entity.content = null;
      } else if (typeof data.content !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_content(data.content);
          data.content = convertToDatabaseValue_content(value);
          entity.content = value;
        } else {
          entity.content = data.content;
        }
      }
      if (data.publishedAt === null) {
        entity.publishedAt = null;
      } else if (typeof data.publishedAt !== 'undefined') {
        if (data.publishedAt instanceof Date) {
          entity.publishedAt = data.publishedAt;
        } else if (typeof data.publishedAt === 'number' || data.publishedAt.includes('+') || data.publishedAt.lastIndexOf('-') > 10 || data.publishedAt.endsWith('Z')) {
          entity.publishedAt = new Date(data.publishedAt);
        } else {
          entity.publishedAt = new Date(data.publishedAt + 'Z');
        }
      }
    }
  },
  'hydrator-questionnaire_text_7000-full-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_content, convertToDatabaseValue_content) {
    // compiled hydrator for entity QuestionnaireText ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.questionnaireId === null) {
        entity.questionnaireId = null;
      } else if (typeof data.questionnaireId !== 'undefined') {
        entity.questionnaireId = data.questionnaireId;
      }
      if (data.language === null) {
        entity.language = null;
      } else if (typeof data.language !== 'undefined') {
        entity.language = data.language;
      }
      if (data.hash === null) {
        entity.hash = null;
      } else if (typeof data.hash !== 'undefined') {
        entity.hash = data.hash;
      }
      if (data.content === null) {
        entity.content = null;
      } else if (typeof data.content !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_content(data.content);
          data.content = convertToDatabaseValue_content(value);
          entity.content = value;
        } else {
          entity.content = data.content;
        }
      }
      if (data.publishedAt === null) {
        entity.publishedAt = null;
      } else if (typeof data.publishedAt !== 'undefined') {
        if (data.publishedAt instanceof Date) {
          entity.publishedAt = data.publishedAt;
        } else if (typeof data.publishedAt === 'number' || data.publishedAt.includes('+') || data.publishedAt.lastIndexOf('-') > 10 || data.publishedAt.endsWith('Z')) {
          entity.publishedAt = new Date(data.publishedAt);
        } else {
          entity.publishedAt = new Date(data.publishedAt + 'Z');
        }
      }
    }
  },
  'comparator-questionnaire_text_7000': function(compareArrays, compareBooleans, compareBuffers, compareObjects, equals) {
    // compiled comparator for entity QuestionnaireText
    return function(last, current, options) {
      const diff = {};
      if (current.questionnaireId === null && last.questionnaireId === undefined) {
        diff.questionnaireId = current.questionnaireId;
      } else if (current.questionnaireId == null && last.questionnaireId == null) {
    
      } else if ((current.questionnaireId != null && last.questionnaireId == null) || (current.questionnaireId == null && last.questionnaireId != null)) {
        diff.questionnaireId = current.questionnaireId;
      } else if (last.questionnaireId !== current.questionnaireId) {
        diff.questionnaireId = current.questionnaireId;
      }
    
      if (current.language === null && last.language === undefined) {
        diff.language = current.language;
      } else if (current.language == null && last.language == null) {
    
      } else if ((current.language != null && last.language == null) || (current.language == null && last.language != null)) {
        diff.language = current.language;
      } else if (last.language !== current.language) {
        diff.language = current.language;
      }
    
      if (current.hash === null && last.hash === undefined) {
        diff.hash = current.hash;
      } else if (current.hash == null && last.hash == null) {
    
      } else if ((current.hash != null && last.hash == null) || (current.hash == null && last.hash != null)) {
        diff.hash = current.hash;
      } else if (last.hash !== current.hash) {
        diff.hash = current.hash;
      }
    
      if (current.content === null && last.content === undefined) {
        diff.content = current.content;
      } else if (current.content == null && last.content == null) {
    
      } else if ((current.content != null && last.content == null) || (current.content == null && last.content != null)) {
        diff.content = current.content;
      } else if (!equals(last.content, current.content)) {
        diff.content = current.content;
      }
    
      if (current.publishedAt === null && last.publishedAt === undefined) {
        diff.publishedAt = current.publishedAt;
      } else if (current.publishedAt == null && last.publishedAt == null) {
    
      } else if ((current.publishedAt != null && last.publishedAt == null) || (current.publishedAt == null && last.publishedAt != null)) {
        diff.publishedAt = current.publishedAt;
      } else if (last.publishedAt.valueOf() !== current.publishedAt.valueOf()) {
        diff.publishedAt = current.publishedAt;
      }
    
    if (options?.includeInverseSides) {
    }
      return diff;
    }
  },
  'snapshotGenerator-questionnaire_text_7000': function(clone, cloneEmbeddable, convertToDatabaseValue_content, processDateProperty) {
    return function(entity) {
      const ret = {};
      if (typeof entity.questionnaireId !== 'undefined') {
        ret.questionnaireId = entity.questionnaireId;
      }
    
      if (typeof entity.language !== 'undefined') {
        ret.language = entity.language;
      }
    
      if (typeof entity.hash !== 'undefined') {
        ret.hash = entity.hash;
      }
    
      if (typeof entity.content !== 'undefined') {
        ret.content = clone(convertToDatabaseValue_content(entity.content));
      }
    
      if (typeof entity.publishedAt !== 'undefined') {
        ret.publishedAt = clone(processDateProperty(entity.publishedAt));
      }
    
      return ret;
    }
  },
  'resultMapper-questionnaire_text_7000': function(PolymorphicRef, parseDate) {
    // compiled mapper for entity QuestionnaireText
    return function(result) {
      const ret = {};
      const mapped = {};
      if (typeof result.questionnaire_id !== 'undefined') {
        ret.questionnaireId = result.questionnaire_id;
        mapped.questionnaire_id = true;
      }
      if (typeof result.language !== 'undefined') {
        ret.language = result.language;
        mapped.language = true;
      }
      if (typeof result.hash !== 'undefined') {
        ret.hash = result.hash;
        mapped.hash = true;
      }
      if (typeof result.content !== 'undefined') {
        ret.content = result.content;
        mapped.content = true;
      }
      if (typeof result.published_at !== 'undefined') {
        if (result.published_at == null || result.published_at instanceof Date) {
          ret.publishedAt = result.published_at;
        } else if (typeof result.published_at === 'bigint') {
          ret.publishedAt = parseDate(Number(result.published_at));
        } else if (typeof result.published_at === 'number' || result.published_at.includes('+') || result.published_at.lastIndexOf('-') > 10 || result.published_at.endsWith('Z')) {
          ret.publishedAt = parseDate(result.published_at);
        } else {
          ret.publishedAt = parseDate(result.published_at + 'Z');
        }
        mapped.published_at = true;
      }
      for (let k in result) { if (Object.hasOwn(result, k) && !mapped[k] && ret[k] === undefined) ret[k] = result[k]; }
      return ret;
    }
  },
  'hydrator-questionnaire_text_7000-reference-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError) {
    // compiled hydrator for entity QuestionnaireText ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.questionnaireId === null) {
        entity.questionnaireId = null;
      } else if (typeof data.questionnaireId !== 'undefined') {
        entity.questionnaireId = data.questionnaireId;
      }
      if (data.language === null) {
        entity.language = null;
      } else if (typeof data.language !== 'undefined') {
        entity.language = data.language;
      }
      if (data.hash === null) {
        entity.hash = null;
      } else if (typeof data.hash !== 'undefined') {
        entity.hash = data.hash;
      }
    }
  },
  'hydrator-questionnaire_text_7000-reference-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError) {
    // compiled hydrator for entity QuestionnaireText ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.questionnaireId === null) {
        entity.questionnaireId = null;
      } else if (typeof data.questionnaireId !== 'undefined') {
        entity.questionnaireId = data.questionnaireId;
      }
      if (data.language === null) {
        entity.language = null;
      } else if (typeof data.language !== 'undefined') {
        entity.language = data.language;
      }
      if (data.hash === null) {
        entity.hash = null;
      } else if (typeof data.hash !== 'undefined') {
        entity.hash = data.hash;
      }
    }
  },
  'pkGetter-questionnaire_text_7000': function(isEntityOrRef) {
    // compiled pk getter for entity QuestionnaireText
    return function(entity) {
      const cond = {
        questionnaireId: entity.questionnaireId,
        language: entity.language,
        hash: entity.hash,
      };
      if (cond.questionnaireId == null || cond.language == null || cond.hash == null) return null;
      return cond;
    }
  },
  'pkGetterConverted-questionnaire_text_7000': function(isEntityOrRef) {
    // compiled pk getter (with converted custom types) for entity QuestionnaireText
    return function(entity) {
      const cond = {
        questionnaireId: entity.questionnaireId,
        language: entity.language,
        hash: entity.hash,
      };
      if (cond.questionnaireId == null || cond.language == null || cond.hash == null) return null;
      return cond;
    }
  },
  'pkSerializer-questionnaire_text_7000': function(isEntityOrRef, getCompositeKeyValue, getPrimaryKeyHash) {
    // compiled pk serializer for entity QuestionnaireText
    return function(entity) {
      const pks = entity.__helper.__pk ? getCompositeKeyValue(entity.__helper.__pk) : [
        entity.questionnaireId,
        entity.language,
        entity.hash,
      ];
      return pks.join('~~~');
    }
  },
  'hydrator-questionnaire_image_6000-full-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_bytes, convertToDatabaseValue_bytes) {
    // compiled hydrator for entity QuestionnaireImage ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.sha256 === null) {
        entity.sha256 = null;
      } else if (typeof data.sha256 !== 'undefined') {
        entity.sha256 = data.sha256;
      }
      if (data.type === null) {
        entity.type = null;
      } else if (typeof data.type !== 'undefined') {
        entity.type = data.type;
      }
      if (data.bytes === null) {
        entity.bytes = null;
      } else if (typeof data.bytes !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_bytes(data.bytes);
          data.bytes = convertToDatabaseValue_bytes(value);
          entity.bytes = value;
        } else {
          entity.bytes = data.bytes;
        }
      }
    }
  },
  'hydrator-questionnaire_image_6000-full-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_bytes, convertToDatabaseValue_bytes) {
    // compiled hydrator for entity QuestionnaireImage ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.sha256 === null) {
        entity.sha256 = null;
      } else if (typeof data.sha256 !== 'undefined') {
        entity.sha256 = data.sha256;
      }
      if (data.type === null) {
        entity.type = null;
      } else if (typeof data.type !== 'undefined') {
        entity.type = data.type;
      }
      if (data.bytes === null) {
        entity.bytes = null;
      } else if (typeof data.bytes !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_bytes(data.bytes);
          data.bytes = convertToDatabaseValue_bytes(value);
          entity.bytes = value;
        } else {
          entity.bytes = data.bytes;
        }
      }
    }
  },
  'comparator-questionnaire_image_6000': function(compareArrays, compareBooleans, compareBuffers, compareObjects, equals) {
    // compiled comparator for entity QuestionnaireImage
    return function(last, current, options) {
      const diff = {};
      if (current.sha256 === null && last.sha256 === undefined) {
        diff.sha256 = current.sha256;
      } else if (current.sha256 == null && last.sha256 == null) {
    
      } else if ((current.sha256 != null && last.sha256 == null) || (current.sha256 == null && last.sha256 != null)) {
        diff.sha256 = current.sha256;
      } else if (last.sha256 !== current.sha256) {
        diff.sha256 = current.sha256;
      }
    
      if (current.type === null && last.type === undefined) {
        diff.type = current.type;
      } else if (current.type == null && last.type == null) {
    
      } else if ((current.type != null && last.type == null) || (current.type == null && last.type != null)) {
        diff.type = current.type;
      } else if (last.type !== current.type) {
        diff.type = current.type;
      }
    
      if (current.bytes === null && last.bytes === undefined) {
        diff.bytes = current.bytes;
      } else if (current.bytes == null && last.bytes == null) {
    
      } else if ((current.bytes != null && last.bytes == null) || (current.bytes == null && last.bytes != null)) {
        diff.bytes = current.bytes;
      } else if (!compareBuffers(last.bytes, current.bytes)) {
        diff.bytes = current.bytes;
      }
    
    if (options?.includeInverseSides) {
    }
      return diff;
    }
  },
  'snapshotGenerator-questionnaire_image_6000': function(clone, cloneEmbeddable, convertToDatabaseValue_bytes) {
    return function(entity) {
      const ret = {};
      if (typeof entity.sha256 !== 'undefined') {
        ret.sha256 = entity.sha256;
      }
    
      if (typeof entity.type !== 'undefined') {
        ret.type = entity.type;
      }
    
      if (typeof entity.bytes !== 'undefined') {
        ret.bytes = clone(convertToDatabaseValue_bytes(entity.bytes));
      }
    
      return ret;
    }
  },
  'resultMapper-questionnaire_image_6000': function(PolymorphicRef) {
    // compiled mapper for entity QuestionnaireImage
    return function(result) {
      const ret = {};
      const mapped = {};
      if (typeof result.sha256 !== 'undefined') {
        ret.sha256 = result.sha256;
        mapped.sha256 = true;
      }
      if (typeof result.type !== 'undefined') {
        ret.type = result.type;
        mapped.type = true;
      }
      if (typeof result.bytes !== 'undefined') {
        ret.bytes = result.bytes;
        mapped.bytes = true;
      }
      for (let k in result) { if (Object.hasOwn(result, k) && !mapped[k] && ret[k] === undefined) ret[k] = result[k]; }
      return ret;
    }
  },
  'hydrator-questionnaire_image_6000-reference-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError) {
    // compiled hydrator for entity QuestionnaireImage ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.sha256 === null) {
        entity.sha256 = null;
      } else if (typeof data.sha256 !== 'undefined') {
        entity.sha256 = data.sha256;
      }
    }
  },
  'hydrator-questionnaire_image_6000-reference-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError) {
    // compiled hydrator for entity QuestionnaireImage ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.sha256 === null) {
        entity.sha256 = null;
      } else if (typeof data.sha256 !== 'undefined') {
        entity.sha256 = data.sha256;
      }
    }
  },
  'pkGetter-questionnaire_image_6000': function(isEntityOrRef) {
    // compiled pk getter for entity QuestionnaireImage
    return function(entity) {
      return entity.sha256;
    }
  },
  'pkGetterConverted-questionnaire_image_6000': function(isEntityOrRef) {
    // compiled pk getter (with converted custom types) for entity QuestionnaireImage
    return function(entity) {
      return entity.sha256;
    }
  },
  'pkSerializer-questionnaire_image_6000': function(isEntityOrRef, getCompositeKeyValue, getPrimaryKeyHash) {
    // compiled pk serializer for entity QuestionnaireImage
    return function(entity) {
      return '' + entity.sha256;
    }
  },
  'hydrator-questionnaire_5000-full-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_content, convertToDatabaseValue_content) {
    // compiled hydrator for entity Questionnaire ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.id === null) {
        entity.id = null;
      } else if (typeof data.id !== 'undefined') {
        entity.id = data.id;
      }
      if (data.slug === null) {
        entity.slug = null;
      } else if (typeof data.slug !== 'undefined') {
        entity.slug = data.slug;
      }
      if (data.version === null) {
        entity.version = null;
      } else if (typeof data.version !== 'undefined') {
        entity.version = data.version;
      }
      if (data.content === null) {
        entity.content = null;
      } else if (typeof data.content !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_content(data.content);
          data.content = convertToDatabaseValue_content(value);
          entity.content = value;
        } else {
          entity.content = data.content;
        }
      }
      if (data.contentHash === null) {
        entity.contentHash = null;
      } else if (typeof data.contentHash !== 'undefined') {
        entity.contentHash = data.contentHash;
      }
      if (data.publishedAt === null) {
        entity.publishedAt = null;
      } else if (typeof data.publishedAt !== 'undefined') {
        if (data.publishedAt instanceof Date) {
          entity.publishedAt = data.publishedAt;
        } else if (typeof data.publishedAt === 'number' || data.publishedAt.includes('+') || data.publishedAt.lastIndexOf('-') > 10 || data.publishedAt.endsWith('Z')) {
          entity.publishedAt = new Date(data.publishedAt);
        } else {
          entity.publishedAt = new Date(data.publishedAt + 'Z');
        }
      }
      if (data.withdrawnAt === null) {
        entity.withdrawnAt = null;
      } else if (typeof data.withdrawnAt !== 'undefined') {
        if (data.withdrawnAt instanceof Date) {
          entity.withdrawnAt = data.withdrawnAt;
        } else if (typeof data.withdrawnAt === 'number' || data.withdrawnAt.includes('+') || data.withdrawnAt.lastIndexOf('-') > 10 || data.withdrawnAt.endsWith('Z')) {
          entity.withdrawnAt = new Date(data.withdrawnAt);
        } else {
          entity.withdrawnAt = new Date(data.withdrawnAt + 'Z');
        }
      }
    }
  },
  'hydrator-questionnaire_5000-full-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_content, convertToDatabaseValue_content) {
    // compiled hydrator for entity Questionnaire ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.id === null) {
        entity.id = null;
      } else if (typeof data.id !== 'undefined') {
        entity.id = data.id;
      }
      if (data.slug === null) {
        entity.slug = null;
      } else if (typeof data.slug !== 'undefined') {
        entity.slug = data.slug;
      }
      if (data.version === null) {
        entity.version = null;
      } else if (typeof data.version !== 'undefined') {
        entity.version = data.version;
      }
      if (data.content === null) {
        entity.content = null;
      } else if (typeof data.content !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_content(data.content);
          data.content = convertToDatabaseValue_content(value);
          entity.content = value;
        } else {
          entity.content = data.content;
        }
      }
      if (data.contentHash === null) {
        entity.contentHash = null;
      } else if (typeof data.contentHash !== 'undefined') {
        entity.contentHash = data.contentHash;
      }
      if (data.publishedAt === null) {
        entity.publishedAt = null;
      } else if (typeof data.publishedAt !== 'undefined') {
        if (data.publishedAt instanceof Date) {
          entity.publishedAt = data.publishedAt;
        } else if (typeof data.publishedAt === 'number' || data.publishedAt.includes('+') || data.publishedAt.lastIndexOf('-') > 10 || data.publishedAt.endsWith('Z')) {
          entity.publishedAt = new Date(data.publishedAt);
        } else {
          entity.publishedAt = new Date(data.publishedAt + 'Z');
        }
      }
      if (data.withdrawnAt === null) {
        entity.withdrawnAt = null;
      } else if (typeof data.withdrawnAt !== 'undefined') {
        if (data.withdrawnAt instanceof Date) {
          entity.withdrawnAt = data.withdrawnAt;
        } else if (typeof data.withdrawnAt === 'number' || data.withdrawnAt.includes('+') || data.withdrawnAt.lastIndexOf('-') > 10 || data.withdrawnAt.endsWith('Z')) {
          entity.withdrawnAt = new Date(data.withdrawnAt);
        } else {
          entity.withdrawnAt = new Date(data.withdrawnAt + 'Z');
        }
      }
    }
  },
  'comparator-questionnaire_5000': function(compareArrays, compareBooleans, compareBuffers, compareObjects, equals) {
    // compiled comparator for entity Questionnaire
    return function(last, current, options) {
      const diff = {};
      if (current.id === null && last.id === undefined) {
        diff.id = current.id;
      } else if (current.id == null && last.id == null) {
    
      } else if ((current.id != null && last.id == null) || (current.id == null && last.id != null)) {
        diff.id = current.id;
      } else if (last.id !== current.id) {
        diff.id = current.id;
      }
    
      if (current.slug === null && last.slug === undefined) {
        diff.slug = current.slug;
      } else if (current.slug == null && last.slug == null) {
    
      } else if ((current.slug != null && last.slug == null) || (current.slug == null && last.slug != null)) {
        diff.slug = current.slug;
      } else if (last.slug !== current.slug) {
        diff.slug = current.slug;
      }
    
      if (current.version === null && last.version === undefined) {
        diff.version = current.version;
      } else if (current.version == null && last.version == null) {
    
      } else if ((current.version != null && last.version == null) || (current.version == null && last.version != null)) {
        diff.version = current.version;
      } else if (!equals(last.version, current.version)) {
        diff.version = current.version;
      }
    
      if (current.content === null && last.content === undefined) {
        diff.content = current.content;
      } else if (current.content == null && last.content == null) {
    
      } else if ((current.content != null && last.content == null) || (current.content == null && last.content != null)) {
        diff.content = current.content;
      } else if (!equals(last.content, current.content)) {
        diff.content = current.content;
      }
    
      if (current.contentHash === null && last.contentHash === undefined) {
        diff.contentHash = current.contentHash;
      } else if (current.contentHash == null && last.contentHash == null) {
    
      } else if ((current.contentHash != null && last.contentHash == null) || (current.contentHash == null && last.contentHash != null)) {
        diff.contentHash = current.contentHash;
      } else if (last.contentHash !== current.contentHash) {
        diff.contentHash = current.contentHash;
      }
    
      if (current.publishedAt === null && last.publishedAt === undefined) {
        diff.publishedAt = current.publishedAt;
      } else if (current.publishedAt == null && last.publishedAt == null) {
    
      } else if ((current.publishedAt != null && last.publishedAt == null) || (current.publishedAt == null && last.publishedAt != null)) {
        diff.publishedAt = current.publishedAt;
      } else if (last.publishedAt.valueOf() !== current.publishedAt.valueOf()) {
        diff.publishedAt = current.publishedAt;
      }
    
      if (current.withdrawnAt === null && last.withdrawnAt === undefined) {
        diff.withdrawnAt = current.withdrawnAt;
      } else if (current.withdrawnAt == null && last.withdrawnAt == null) {
    
      } else if ((current.withdrawnAt != null && last.withdrawnAt == null) || (current.withdrawnAt == null && last.withdrawnAt != null)) {
        diff.withdrawnAt = current.withdrawnAt;
      } else if (last.withdrawnAt.valueOf() !== current.withdrawnAt.valueOf()) {
        diff.withdrawnAt = current.withdrawnAt;
      }
    
    if (options?.includeInverseSides) {
    }
      return diff;
    }
  },
  'snapshotGenerator-questionnaire_5000': function(clone, cloneEmbeddable, convertToDatabaseValue_content, processDateProperty) {
    return function(entity) {
      const ret = {};
      if (typeof entity.id !== 'undefined') {
        ret.id = entity.id;
      }
    
      if (typeof entity.slug !== 'undefined') {
        ret.slug = entity.slug;
      }
    
      if (typeof entity.version !== 'undefined') {
        ret.version = clone(entity.version);
      }
    
      if (typeof entity.content !== 'undefined') {
        ret.content = clone(convertToDatabaseValue_content(entity.content));
      }
    
      if (typeof entity.contentHash !== 'undefined') {
        ret.contentHash = entity.contentHash;
      }
    
      if (typeof entity.publishedAt !== 'undefined') {
        ret.publishedAt = clone(processDateProperty(entity.publishedAt));
      }
    
      if (typeof entity.withdrawnAt !== 'undefined') {
        ret.withdrawnAt = clone(processDateProperty(entity.withdrawnAt));
      }
    
      return ret;
    }
  },
  'resultMapper-questionnaire_5000': function(PolymorphicRef, parseDate) {
    // compiled mapper for entity Questionnaire
    return function(result) {
      const ret = {};
      const mapped = {};
      if (typeof result.id !== 'undefined') {
        ret.id = result.id;
        mapped.id = true;
      }
      if (typeof result.slug !== 'undefined') {
        ret.slug = result.slug;
        mapped.slug = true;
      }
      if (typeof result.version !== 'undefined') {
        ret.version = result.version;
        mapped.version = true;
      }
      if (typeof result.content !== 'undefined') {
        ret.content = result.content;
        mapped.content = true;
      }
      if (typeof result.content_hash !== 'undefined') {
        ret.contentHash = result.content_hash;
        mapped.content_hash = true;
      }
      if (typeof result.published_at !== 'undefined') {
        if (result.published_at == null || result.published_at instanceof Date) {
          ret.publishedAt = result.published_at;
        } else if (typeof result.published_at === 'bigint') {
          ret.publishedAt = parseDate(Number(result.published_at));
        } else if (typeof result.published_at === 'number' || result.published_at.includes('+') || result.published_at.lastIndexOf('-') > 10 || result.published_at.endsWith('Z')) {
          ret.publishedAt = parseDate(result.published_at);
        } else {
          ret.publishedAt = parseDate(result.published_at + 'Z');
        }
        mapped.published_at = true;
      }
      if (typeof result.withdrawn_at !== 'undefined') {
        if (result.withdrawn_at == null || result.withdrawn_at instanceof Date) {
          ret.withdrawnAt = result.withdrawn_at;
        } else if (typeof result.withdrawn_at === 'bigint') {
          ret.withdrawnAt = parseDate(Number(result.withdrawn_at));
        } else if (typeof result.withdrawn_at === 'number' || result.withdrawn_at.includes('+') || result.withdrawn_at.lastIndexOf('-') > 10 || result.withdrawn_at.endsWith('Z')) {
          ret.withdrawnAt = parseDate(result.withdrawn_at);
        } else {
          ret.withdrawnAt = parseDate(result.withdrawn_at + 'Z');
        }
        mapped.withdrawn_at = true;
      }
      for (let k in result) { if (Object.hasOwn(result, k) && !mapped[k] && ret[k] === undefined) ret[k] = result[k]; }
      return ret;
    }
  },
  'hydrator-questionnaire_5000-reference-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError) {
    // compiled hydrator for entity Questionnaire ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.id === null) {
        entity.id = null;
      } else if (typeof data.id !== 'undefined') {
        entity.id = data.id;
      }
    }
  },
  'hydrator-questionnaire_5000-reference-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError) {
    // compiled hydrator for entity Questionnaire ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.id === null) {
        entity.id = null;
      } else if (typeof data.id !== 'undefined') {
        entity.id = data.id;
      }
    }
  },
  'pkGetter-questionnaire_5000': function(isEntityOrRef) {
    // compiled pk getter for entity Questionnaire
    return function(entity) {
      return entity.id;
    }
  },
  'pkGetterConverted-questionnaire_5000': function(isEntityOrRef) {
    // compiled pk getter (with converted custom types) for entity Questionnaire
    return function(entity) {
      return entity.id;
    }
  },
  'pkSerializer-questionnaire_5000': function(isEntityOrRef, getCompositeKeyValue, getPrimaryKeyHash) {
    // compiled pk serializer for entity Questionnaire
    return function(entity) {
      return '' + entity.id;
    }
  },
  'hydrator-model_setup_4000-full-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_look, convertToDatabaseValue_look) {
    // compiled hydrator for entity ModelSetup ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.hash === null) {
        entity.hash = null;
      } else if (typeof data.hash !== 'undefined') {
        entity.hash = data.hash;
      }
      if (data.lookingUntil === null) {
        entity.lookingUntil = null;
      } else if (typeof data.lookingUntil !== 'undefined') {
        if (data.lookingUntil instanceof Date) {
          entity.lookingUntil = data.lookingUntil;
        } else if (typeof data.lookingUntil === 'number' || data.lookingUntil.includes('+') || data.lookingUntil.lastIndexOf('-') > 10 || data.lookingUntil.endsWith('Z')) {
          entity.lookingUntil = new Date(data.lookingUntil);
        } else {
          entity.lookingUntil = new Date(data.lookingUntil + 'Z');
        }
      }
      if (data.lookedAt === null) {
        entity.lookedAt = null;
      } else if (typeof data.lookedAt !== 'undefined') {
        if (data.lookedAt instanceof Date) {
          entity.lookedAt = data.lookedAt;
        } else if (typeof data.lookedAt === 'number' || data.lookedAt.includes('+') || data.lookedAt.lastIndexOf('-') > 10 || data.lookedAt.endsWith('Z')) {
          entity.lookedAt = new Date(data.lookedAt);
        } else {
          entity.lookedAt = new Date(data.lookedAt + 'Z');
        }
      }
      if (data.look === null) {
        entity.look = null;
      } else if (typeof data.look !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_look(data.look);
          data.look = convertToDatabaseValue_look(value);
          entity.look = value;
        } else {
          entity.look = data.look;
        }
      }
      if (data.fittedAt === null) {
        entity.fittedAt = null;
      } else if (typeof data.fittedAt !== 'undefined') {
        if (data.fittedAt instanceof Date) {
          entity.fittedAt = data.fittedAt;
        } else if (typeof data.fittedAt === 'number' || data.fittedAt.includes('+') || data.fittedAt.lastIndexOf('-') > 10 || data.fittedAt.endsWith('Z')) {
          entity.fittedAt = new Date(data.fittedAt);
        } else {
          entity.fittedAt = new Date(data.fittedAt + 'Z');
        }
      }
    }
  },
  'hydrator-model_setup_4000-full-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_look, convertToDatabaseValue_look) {
    // compiled hydrator for entity ModelSetup ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.hash === null) {
        entity.hash = null;
      } else if (typeof data.hash !== 'undefined') {
        entity.hash = data.hash;
      }
      if (data.lookingUntil === null) {
        entity.lookingUntil = null;
      } else if (typeof data.lookingUntil !== 'undefined') {
        if (data.lookingUntil instanceof Date) {
          entity.lookingUntil = data.lookingUntil;
        } else if (typeof data.lookingUntil === 'number' || data.lookingUntil.includes('+') || data.lookingUntil.lastIndexOf('-') > 10 || data.lookingUntil.endsWith('Z')) {
          entity.lookingUntil = new Date(data.lookingUntil);
        } else {
          entity.lookingUntil = new Date(data.lookingUntil + 'Z');
        }
      }
      if (data.lookedAt === null) {
        entity.lookedAt = null;
      } else if (typeof data.lookedAt !== 'undefined') {
        if (data.lookedAt instanceof Date) {
          entity.lookedAt = data.lookedAt;
        } else if (typeof data.lookedAt === 'number' || data.lookedAt.includes('+') || data.lookedAt.lastIndexOf('-') > 10 || data.lookedAt.endsWith('Z')) {
          entity.lookedAt = new Date(data.lookedAt);
        } else {
          entity.lookedAt = new Date(data.lookedAt + 'Z');
        }
      }
      if (data.look === null) {
        entity.look = null;
      } else if (typeof data.look !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_look(data.look);
          data.look = convertToDatabaseValue_look(value);
          entity.look = value;
        } else {
          entity.look = data.look;
        }
      }
      if (data.fittedAt === null) {
        entity.fittedAt = null;
      } else if (typeof data.fittedAt !== 'undefined') {
        if (data.fittedAt instanceof Date) {
          entity.fittedAt = data.fittedAt;
        } else if (typeof data.fittedAt === 'number' || data.fittedAt.includes('+') || data.fittedAt.lastIndexOf('-') > 10 || data.fittedAt.endsWith('Z')) {
          entity.fittedAt = new Date(data.fittedAt);
        } else {
          entity.fittedAt = new Date(data.fittedAt + 'Z');
        }
      }
    }
  },
  'comparator-model_setup_4000': function(compareArrays, compareBooleans, compareBuffers, compareObjects, equals) {
    // compiled comparator for entity ModelSetup
    return function(last, current, options) {
      const diff = {};
      if (current.hash === null && last.hash === undefined) {
        diff.hash = current.hash;
      } else if (current.hash == null && last.hash == null) {
    
      } else if ((current.hash != null && last.hash == null) || (current.hash == null && last.hash != null)) {
        diff.hash = current.hash;
      } else if (last.hash !== current.hash) {
        diff.hash = current.hash;
      }
    
      if (current.lookingUntil === null && last.lookingUntil === undefined) {
        diff.lookingUntil = current.lookingUntil;
      } else if (current.lookingUntil == null && last.lookingUntil == null) {
    
      } else if ((current.lookingUntil != null && last.lookingUntil == null) || (current.lookingUntil == null && last.lookingUntil != null)) {
        diff.lookingUntil = current.lookingUntil;
      } else if (last.lookingUntil.valueOf() !== current.lookingUntil.valueOf()) {
        diff.lookingUntil = current.lookingUntil;
      }
    
      if (current.lookedAt === null && last.lookedAt === undefined) {
        diff.lookedAt = current.lookedAt;
      } else if (current.lookedAt == null && last.lookedAt == null) {
    
      } else if ((current.lookedAt != null && last.lookedAt == null) || (current.lookedAt == null && last.lookedAt != null)) {
        diff.lookedAt = current.lookedAt;
      } else if (last.lookedAt.valueOf() !== current.lookedAt.valueOf()) {
        diff.lookedAt = current.lookedAt;
      }
    
      if (current.look === null && last.look === undefined) {
        diff.look = current.look;
      } else if (current.look == null && last.look == null) {
    
      } else if ((current.look != null && last.look == null) || (current.look == null && last.look != null)) {
        diff.look = current.look;
      } else if (!equals(last.look, current.look)) {
        diff.look = current.look;
      }
    
      if (current.fittedAt === null && last.fittedAt === undefined) {
        diff.fittedAt = current.fittedAt;
      } else if (current.fittedAt == null && last.fittedAt == null) {
    
      } else if ((current.fittedAt != null && last.fittedAt == null) || (current.fittedAt == null && last.fittedAt != null)) {
        diff.fittedAt = current.fittedAt;
      } else if (last.fittedAt.valueOf() !== current.fittedAt.valueOf()) {
        diff.fittedAt = current.fittedAt;
      }
    
    if (options?.includeInverseSides) {
    }
      return diff;
    }
  },
  'snapshotGenerator-model_setup_4000': function(clone, cloneEmbeddable, processDateProperty, convertToDatabaseValue_look) {
    return function(entity) {
      const ret = {};
      if (typeof entity.hash !== 'undefined') {
        ret.hash = entity.hash;
      }
    
      if (typeof entity.lookingUntil !== 'undefined') {
        ret.lookingUntil = clone(processDateProperty(entity.lookingUntil));
      }
    
      if (typeof entity.lookedAt !== 'undefined') {
        ret.lookedAt = clone(processDateProperty(entity.lookedAt));
      }
    
      if (typeof entity.look !== 'undefined') {
        ret.look = clone(convertToDatabaseValue_look(entity.look));
      }
    
      if (typeof entity.fittedAt !== 'undefined') {
        ret.fittedAt = clone(processDateProperty(entity.fittedAt));
      }
    
      return ret;
    }
  },
  'resultMapper-model_setup_4000': function(PolymorphicRef, parseDate) {
    // compiled mapper for entity ModelSetup
    return function(result) {
      const ret = {};
      const mapped = {};
      if (typeof result.hash !== 'undefined') {
        ret.hash = result.hash;
        mapped.hash = true;
      }
      if (typeof result.looking_until !== 'undefined') {
        if (result.looking_until == null || result.looking_until instanceof Date) {
          ret.lookingUntil = result.looking_until;
        } else if (typeof result.looking_until === 'bigint') {
          ret.lookingUntil = parseDate(Number(result.looking_until));
        } else if (typeof result.looking_until === 'number' || result.looking_until.includes('+') || result.looking_until.lastIndexOf('-') > 10 || result.looking_until.endsWith('Z')) {
          ret.lookingUntil = parseDate(result.looking_until);
        } else {
          ret.lookingUntil = parseDate(result.looking_until + 'Z');
        }
        mapped.looking_until = true;
      }
      if (typeof result.looked_at !== 'undefined') {
        if (result.looked_at == null || result.looked_at instanceof Date) {
          ret.lookedAt = result.looked_at;
        } else if (typeof result.looked_at === 'bigint') {
          ret.lookedAt = parseDate(Number(result.looked_at));
        } else if (typeof result.looked_at === 'number' || result.looked_at.includes('+') || result.looked_at.lastIndexOf('-') > 10 || result.looked_at.endsWith('Z')) {
          ret.lookedAt = parseDate(result.looked_at);
        } else {
          ret.lookedAt = parseDate(result.looked_at + 'Z');
        }
        mapped.looked_at = true;
      }
      if (typeof result.look !== 'undefined') {
        ret.look = result.look;
        mapped.look = true;
      }
      if (typeof result.fitted_at !== 'undefined') {
        if (result.fitted_at == null || result.fitted_at instanceof Date) {
          ret.fittedAt = result.fitted_at;
        } else if (typeof result.fitted_at === 'bigint') {
          ret.fittedAt = parseDate(Number(result.fitted_at));
        } else if (typeof result.fitted_at === 'number' || result.fitted_at.includes('+') || result.fitted_at.lastIndexOf('-') > 10 || result.fitted_at.endsWith('Z')) {
          ret.fittedAt = parseDate(result.fitted_at);
        } else {
          ret.fittedAt = parseDate(result.fitted_at + 'Z');
        }
        mapped.fitted_at = true;
      }
      for (let k in result) { if (Object.hasOwn(result, k) && !mapped[k] && ret[k] === undefined) ret[k] = result[k]; }
      return ret;
    }
  },
  'hydrator-model_setup_4000-reference-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError) {
    // compiled hydrator for entity ModelSetup ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.hash === null) {
        entity.hash = null;
      } else if (typeof data.hash !== 'undefined') {
        entity.hash = data.hash;
      }
    }
  },
  'hydrator-model_setup_4000-reference-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError) {
    // compiled hydrator for entity ModelSetup ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.hash === null) {
        entity.hash = null;
      } else if (typeof data.hash !== 'undefined') {
        entity.hash = data.hash;
      }
    }
  },
  'pkGetter-model_setup_4000': function(isEntityOrRef) {
    // compiled pk getter for entity ModelSetup
    return function(entity) {
      return entity.hash;
    }
  },
  'pkGetterConverted-model_setup_4000': function(isEntityOrRef) {
    // compiled pk getter (with converted custom types) for entity ModelSetup
    return function(entity) {
      return entity.hash;
    }
  },
  'pkSerializer-model_setup_4000': function(isEntityOrRef, getCompositeKeyValue, getPrimaryKeyHash) {
    // compiled pk serializer for entity ModelSetup
    return function(entity) {
      return '' + entity.hash;
    }
  },
  'hydrator-model_limit_3000-full-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_version, convertToDatabaseValue_version, convertToJSValue_state, convertToDatabaseValue_state) {
    // compiled hydrator for entity ModelLimit ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.hash === null) {
        entity.hash = null;
      } else if (typeof data.hash !== 'undefined') {
        entity.hash = data.hash;
      }
      if (data.version === null) {
        entity.version = null;
      } else if (typeof data.version !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_version(data.version);
          entity.version = value;
        } else {
          entity.version = data.version;
        }
      }
      if (data.state === null) {
        entity.state = null;
      } else if (typeof data.state !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_state(data.state);
          data.state = convertToDatabaseValue_state(value);
          entity.state = value;
        } else {
          entity.state = data.state;
        }
      }
    }
  },
  'hydrator-model_limit_3000-full-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_version, convertToDatabaseValue_version, convertToJSValue_state, convertToDatabaseValue_state) {
    // compiled hydrator for entity ModelLimit ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.hash === null) {
        entity.hash = null;
      } else if (typeof data.hash !== 'undefined') {
        entity.hash = data.hash;
      }
      if (data.version === null) {
        entity.version = null;
      } else if (typeof data.version !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_version(data.version);
          entity.version = value;
        } else {
          entity.version = data.version;
        }
      }
      if (data.state === null) {
        entity.state = null;
      } else if (typeof data.state !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_state(data.state);
          data.state = convertToDatabaseValue_state(value);
          entity.state = value;
        } else {
          entity.state = data.state;
        }
      }
    }
  },
  'comparator-model_limit_3000': function(compareArrays, compareBooleans, compareBuffers, compareObjects, equals) {
    // compiled comparator for entity ModelLimit
    return function(last, current, options) {
      const diff = {};
      if (current.hash === null && last.hash === undefined) {
        diff.hash = current.hash;
      } else if (current.hash == null && last.hash == null) {
    
      } else if ((current.hash != null && last.hash == null) || (current.hash == null && last.hash != null)) {
        diff.hash = current.hash;
      } else if (last.hash !== current.hash) {
        diff.hash = current.hash;
      }
    
      if (current.version === null && last.version === undefined) {
        diff.version = current.version;
      } else if (current.version == null && last.version == null) {
    
      } else if ((current.version != null && last.version == null) || (current.version == null && last.version != null)) {
        diff.version = current.version;
      } else if (last.version !== current.version) {
        diff.version = current.version;
      }
    
      if (current.state === null && last.state === undefined) {
        diff.state = current.state;
      } else if (current.state == null && last.state == null) {
    
      } else if ((current.state != null && last.state == null) || (current.state == null && last.state != null)) {
        diff.state = current.state;
      } else if (!equals(last.state, current.state)) {
        diff.state = current.state;
      }
    
    if (options?.includeInverseSides) {
    }
      return diff;
    }
  },
  'snapshotGenerator-model_limit_3000': function(clone, cloneEmbeddable, convertToDatabaseValue_version, convertToDatabaseValue_state) {
    return function(entity) {
      const ret = {};
      if (typeof entity.hash !== 'undefined') {
        ret.hash = entity.hash;
      }
    
      if (typeof entity.version !== 'undefined') {
        ret.version = convertToDatabaseValue_version(entity.version);
      }
    
      if (typeof entity.state !== 'undefined') {
        ret.state = clone(convertToDatabaseValue_state(entity.state));
      }
    
      return ret;
    }
  },
  'resultMapper-model_limit_3000': function(PolymorphicRef) {
    // compiled mapper for entity ModelLimit
    return function(result) {
      const ret = {};
      const mapped = {};
      if (typeof result.hash !== 'undefined') {
        ret.hash = result.hash;
        mapped.hash = true;
      }
      if (typeof result.version !== 'undefined') {
        ret.version = result.version;
        mapped.version = true;
      }
      if (typeof result.state !== 'undefined') {
        ret.state = result.state;
        mapped.state = true;
      }
      for (let k in result) { if (Object.hasOwn(result, k) && !mapped[k] && ret[k] === undefined) ret[k] = result[k]; }
      return ret;
    }
  },
  'hydrator-model_limit_3000-reference-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError) {
    // compiled hydrator for entity ModelLimit ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.hash === null) {
        entity.hash = null;
      } else if (typeof data.hash !== 'undefined') {
        entity.hash = data.hash;
      }
    }
  },
  'hydrator-model_limit_3000-reference-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError) {
    // compiled hydrator for entity ModelLimit ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.hash === null) {
        entity.hash = null;
      } else if (typeof data.hash !== 'undefined') {
        entity.hash = data.hash;
      }
    }
  },
  'pkGetter-model_limit_3000': function(isEntityOrRef) {
    // compiled pk getter for entity ModelLimit
    return function(entity) {
      return entity.hash;
    }
  },
  'pkGetterConverted-model_limit_3000': function(isEntityOrRef) {
    // compiled pk getter (with converted custom types) for entity ModelLimit
    return function(entity) {
      return entity.hash;
    }
  },
  'pkSerializer-model_limit_3000': function(isEntityOrRef, getCompositeKeyValue, getPrimaryKeyHash) {
    // compiled pk serializer for entity ModelLimit
    return function(entity) {
      return '' + entity.hash;
    }
  },
  'hydrator-leader_2000-full-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_holder, convertToDatabaseValue_holder) {
    // compiled hydrator for entity Leader ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.task === null) {
        entity.task = null;
      } else if (typeof data.task !== 'undefined') {
        entity.task = data.task;
      }
      if (data.holder === null) {
        entity.holder = null;
      } else if (typeof data.holder !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_holder(data.holder);
          entity.holder = value;
        } else {
          entity.holder = data.holder;
        }
      }
      if (data.until === null) {
        entity.until = null;
      } else if (typeof data.until !== 'undefined') {
        if (data.until instanceof Date) {
          entity.until = data.until;
        } else if (typeof data.until === 'number' || data.until.includes('+') || data.until.lastIndexOf('-') > 10 || data.until.endsWith('Z')) {
          entity.until = new Date(data.until);
        } else {
          entity.until = new Date(data.until + 'Z');
        }
      }
    }
  },
  'hydrator-leader_2000-full-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_holder, convertToDatabaseValue_holder) {
    // compiled hydrator for entity Leader ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.task === null) {
        entity.task = null;
      } else if (typeof data.task !== 'undefined') {
        entity.task = data.task;
      }
      if (data.holder === null) {
        entity.holder = null;
      } else if (typeof data.holder !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_holder(data.holder);
          entity.holder = value;
        } else {
          entity.holder = data.holder;
        }
      }
      if (data.until === null) {
        entity.until = null;
      } else if (typeof data.until !== 'undefined') {
        if (data.until instanceof Date) {
          entity.until = data.until;
        } else if (typeof data.until === 'number' || data.until.includes('+') || data.until.lastIndexOf('-') > 10 || data.until.endsWith('Z')) {
          entity.until = new Date(data.until);
        } else {
          entity.until = new Date(data.until + 'Z');
        }
      }
    }
  },
  'comparator-leader_2000': function(compareArrays, compareBooleans, compareBuffers, compareObjects, equals) {
    // compiled comparator for entity Leader
    return function(last, current, options) {
      const diff = {};
      if (current.task === null && last.task === undefined) {
        diff.task = current.task;
      } else if (current.task == null && last.task == null) {
    
      } else if ((current.task != null && last.task == null) || (current.task == null && last.task != null)) {
        diff.task = current.task;
      } else if (last.task !== current.task) {
        diff.task = current.task;
      }
    
      if (current.holder === null && last.holder === undefined) {
        diff.holder = current.holder;
      } else if (current.holder == null && last.holder == null) {
    
      } else if ((current.holder != null && last.holder == null) || (current.holder == null && last.holder != null)) {
        diff.holder = current.holder;
      } else if (last.holder !== current.holder) {
        diff.holder = current.holder;
      }
    
      if (current.until === null && last.until === undefined) {
        diff.until = current.until;
      } else if (current.until == null && last.until == null) {
    
      } else if ((current.until != null && last.until == null) || (current.until == null && last.until != null)) {
        diff.until = current.until;
      } else if (last.until.valueOf() !== current.until.valueOf()) {
        diff.until = current.until;
      }
    
    if (options?.includeInverseSides) {
    }
      return diff;
    }
  },
  'snapshotGenerator-leader_2000': function(clone, cloneEmbeddable, convertToDatabaseValue_holder, processDateProperty) {
    return function(entity) {
      const ret = {};
      if (typeof entity.task !== 'undefined') {
        ret.task = entity.task;
      }
    
      if (typeof entity.holder !== 'undefined') {
        ret.holder = convertToDatabaseValue_holder(entity.holder);
      }
    
      if (typeof entity.until !== 'undefined') {
        ret.until = clone(processDateProperty(entity.until));
      }
    
      return ret;
    }
  },
  'resultMapper-leader_2000': function(PolymorphicRef, parseDate) {
    // compiled mapper for entity Leader
    return function(result) {
      const ret = {};
      const mapped = {};
      if (typeof result.task !== 'undefined') {
        ret.task = result.task;
        mapped.task = true;
      }
      if (typeof result.holder !== 'undefined') {
        ret.holder = result.holder;
        mapped.holder = true;
      }
      if (typeof result.until !== 'undefined') {
        if (result.until == null || result.until instanceof Date) {
          ret.until = result.until;
        } else if (typeof result.until === 'bigint') {
          ret.until = parseDate(Number(result.until));
        } else if (typeof result.until === 'number' || result.until.includes('+') || result.until.lastIndexOf('-') > 10 || result.until.endsWith('Z')) {
          ret.until = parseDate(result.until);
        } else {
          ret.until = parseDate(result.until + 'Z');
        }
        mapped.until = true;
      }
      for (let k in result) { if (Object.hasOwn(result, k) && !mapped[k] && ret[k] === undefined) ret[k] = result[k]; }
      return ret;
    }
  },
  'hydrator-leader_2000-reference-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError) {
    // compiled hydrator for entity Leader ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.task === null) {
        entity.task = null;
      } else if (typeof data.task !== 'undefined') {
        entity.task = data.task;
      }
    }
  },
  'hydrator-leader_2000-reference-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError) {
    // compiled hydrator for entity Leader ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.task === null) {
        entity.task = null;
      } else if (typeof data.task !== 'undefined') {
        entity.task = data.task;
      }
    }
  },
  'pkGetter-leader_2000': function(isEntityOrRef) {
    // compiled pk getter for entity Leader
    return function(entity) {
      return entity.task;
    }
  },
  'pkGetterConverted-leader_2000': function(isEntityOrRef) {
    // compiled pk getter (with converted custom types) for entity Leader
    return function(entity) {
      return entity.task;
    }
  },
  'pkSerializer-leader_2000': function(isEntityOrRef, getCompositeKeyValue, getPrimaryKeyHash) {
    // compiled pk serializer for entity Leader
    return function(entity) {
      return '' + entity.task;
    }
  },
  'hydrator-dead_letter_1000-full-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, test_assessment_164, test_assessment_165) {
    // compiled hydrator for entity DeadLetter ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.assessment === null) {
        entity.assessment = null;
      } else if (typeof data.assessment !== 'undefined') {
        if (isPrimaryKey(data.assessment, true)) {
          entity.assessment = factory.createReference(test_assessment_164, data.assessment, { merge: true, convertCustomTypes, normalizeAccessors, schema });
        } else if (data.assessment && typeof data.assessment === 'object') {
          entity.assessment = factory.create(test_assessment_165, data.assessment, { initialized: true, merge: true, newEntity, convertCustomTypes, normalizeAccessors, schema });
        }
      }
      if (data.round === null) {
        entity.round = null;
      } else if (typeof data.round !== 'undefined') {
        entity.round = data.round;
      }
      if (data.code === null) {
        entity.code = null;
      } else if (typeof data.code !== 'undefined') {
        entity.code = data.code;
      }
      if (data.attempts === null) {
        entity.attempts = null;
      } else if (typeof data.attempts !== 'undefined') {
        entity.attempts = data.attempts;
      }
      if (data.lastError === null) {
        entity.lastError = null;
      } else if (typeof data.lastError !== 'undefined') {
        entity.lastError = data.lastError;
      }
      if (data.createdAt === null) {
        entity.createdAt = null;
      } else if (typeof data.createdAt !== 'undefined') {
        if (data.createdAt instanceof Date) {
          entity.createdAt = data.createdAt;
        } else if (typeof data.createdAt === 'number' || data.createdAt.includes('+') || data.createdAt.lastIndexOf('-') > 10 || data.createdAt.endsWith('Z')) {
          entity.createdAt = new Date(data.createdAt);
        } else {
          entity.createdAt = new Date(data.createdAt + 'Z');
        }
      }
    }
  },
  'hydrator-dead_letter_1000-full-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, test_assessment_171, test_assessment_172) {
    // compiled hydrator for entity DeadLetter ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.assessment === null) {
        entity.assessment = null;
      } else if (typeof data.assessment !== 'undefined') {
        if (isPrimaryKey(data.assessment, true)) {
          entity.assessment = factory.createReference(test_assessment_171, data.assessment, { merge: true, convertCustomTypes, normalizeAccessors, schema });
        } else if (data.assessment && typeof data.assessment === 'object') {
          entity.assessment = factory.create(test_assessment_172, data.assessment, { initialized: true, merge: true, newEntity, convertCustomTypes, normalizeAccessors, schema });
        }
      }
      if (data.round === null) {
        entity.round = null;
      } else if (typeof data.round !== 'undefined') {
        entity.round = data.round;
      }
      if (data.code === null) {
        entity.code = null;
      } else if (typeof data.code !== 'undefined') {
        entity.code = data.code;
      }
      if (data.attempts === null) {
        entity.attempts = null;
      } else if (typeof data.attempts !== 'undefined') {
        entity.attempts = data.attempts;
      }
      if (data.lastError === null) {
        entity.lastError = null;
      } else if (typeof data.lastError !== 'undefined') {
        entity.lastError = data.lastError;
      }
      if (data.createdAt === null) {
        entity.createdAt = null;
      } else if (typeof data.createdAt !== 'undefined') {
        if (data.createdAt instanceof Date) {
          entity.createdAt = data.createdAt;
        } else if (typeof data.createdAt === 'number' || data.createdAt.includes('+') || data.createdAt.lastIndexOf('-') > 10 || data.createdAt.endsWith('Z')) {
          entity.createdAt = new Date(data.createdAt);
        } else {
          entity.createdAt = new Date(data.createdAt + 'Z');
        }
      }
    }
  },
  'comparator-dead_letter_1000': function(compareArrays, compareBooleans, compareBuffers, compareObjects, equals) {
    // compiled comparator for entity DeadLetter
    return function(last, current, options) {
      const diff = {};
      if (current.assessment === null && last.assessment === undefined) {
        diff.assessment = current.assessment;
      } else if (current.assessment == null && last.assessment == null) {
    
      } else if ((current.assessment != null && last.assessment == null) || (current.assessment == null && last.assessment != null)) {
        diff.assessment = current.assessment;
      } else if (last.assessment !== current.assessment) {
        diff.assessment = current.assessment;
      }
    
      if (current.round === null && last.round === undefined) {
        diff.round = current.round;
      } else if (current.round == null && last.round == null) {
    
      } else if ((current.round != null && last.round == null) || (current.round == null && last.round != null)) {
        diff.round = current.round;
      } else if (!equals(last.round, current.round)) {
        diff.round = current.round;
      }
    
      if (current.code === null && last.code === undefined) {
        diff.code = current.code;
      } else if (current.code == null && last.code == null) {
    
      } else if ((current.code != null && last.code == null) || (current.code == null && last.code != null)) {
        diff.code = current.code;
      } else if (last.code !== current.code) {
        diff.code = current.code;
      }
    
      if (current.attempts === null && last.attempts === undefined) {
        diff.attempts = current.attempts;
      } else if (current.attempts == null && last.attempts == null) {
    
      } else if ((current.attempts != null && last.attempts == null) || (current.attempts == null && last.attempts != null)) {
        diff.attempts = current.attempts;
      } else if (!equals(last.attempts, current.attempts)) {
        diff.attempts = current.attempts;
      }
    
      if (current.lastError === null && last.lastError === undefined) {
        diff.lastError = current.lastError;
      } else if (current.lastError == null && last.lastError == null) {
    
      } else if ((current.lastError != null && last.lastError == null) || (current.lastError == null && last.lastError != null)) {
        diff.lastError = current.lastError;
      } else if (last.lastError !== current.lastError) {
        diff.lastError = current.lastError;
      }
    
      if (current.createdAt === null && last.createdAt === undefined) {
        diff.createdAt = current.createdAt;
      } else if (current.createdAt == null && last.createdAt == null) {
    
      } else if ((current.createdAt != null && last.createdAt == null) || (current.createdAt == null && last.createdAt != null)) {
        diff.createdAt = current.createdAt;
      } else if (last.createdAt.valueOf() !== current.createdAt.valueOf()) {
        diff.createdAt = current.createdAt;
      }
    
    if (options?.includeInverseSides) {
    }
      return diff;
    }
  },
  'snapshotGenerator-dead_letter_1000': function(clone, cloneEmbeddable, toArray, EntityIdentifier, processDateProperty) {
    return function(entity) {
      const ret = {};
      if (typeof entity.assessment !== 'undefined') {
        if (entity.assessment === null) {
          ret.assessment = null;
        } else if (entity.assessment?.__helper.__identifier && !entity.assessment.__helper.hasPrimaryKey()) {
          ret.assessment = entity.assessment?.__helper.__identifier;
        } else if (typeof entity.assessment !== 'undefined') {
          ret.assessment = toArray(entity.assessment.__helper.getPrimaryKey(true));
        }
      }
    
      if (typeof entity.round !== 'undefined') {
        ret.round = clone(entity.round);
      }
    
      if (typeof entity.code !== 'undefined') {
        ret.code = entity.code;
      }
    
      if (typeof entity.attempts !== 'undefined') {
        ret.attempts = clone(entity.attempts);
      }
    
      if (typeof entity.lastError !== 'undefined') {
        ret.lastError = entity.lastError;
      }
    
      if (typeof entity.createdAt !== 'undefined') {
        ret.createdAt = clone(processDateProperty(entity.createdAt));
      }
    
      return ret;
    }
  },
  'resultMapper-dead_letter_1000': function(PolymorphicRef, parseDate) {
    // compiled mapper for entity DeadLetter
    return function(result) {
      const ret = {};
      const mapped = {};
      if (typeof result.assessment_id !== 'undefined') {
        ret.assessment = result.assessment_id;
        mapped.assessment_id = true;
      }
      if (typeof result.round !== 'undefined') {
        ret.round = result.round;
        mapped.round = true;
      }
      if (typeof result.code !== 'undefined') {
        ret.code = result.code;
        mapped.code = true;
      }
      if (typeof result.attempts !== 'undefined') {
        ret.attempts = result.attempts;
        mapped.attempts = true;
      }
      if (typeof result.last_error !== 'undefined') {
        ret.lastError = result.last_error;
        mapped.last_error = true;
      }
      if (typeof result.created_at !== 'undefined') {
        if (result.created_at == null || result.created_at instanceof Date) {
          ret.createdAt = result.created_at;
        } else if (typeof result.created_at === 'bigint') {
          ret.createdAt = parseDate(Number(result.created_at));
        } else if (typeof result.created_at === 'number' || result.created_at.includes('+') || result.created_at.lastIndexOf('-') > 10 || result.created_at.endsWith('Z')) {
          ret.createdAt = parseDate(result.created_at);
        } else {
          ret.createdAt = parseDate(result.created_at + 'Z');
        }
        mapped.created_at = true;
      }
      for (let k in result) { if (Object.hasOwn(result, k) && !mapped[k] && ret[k] === undefined) ret[k] = result[k]; }
      return ret;
    }
  },
  'hydrator-dead_letter_1000-reference-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, test_assessment_178, test_assessment_179) {
    // compiled hydrator for entity DeadLetter ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.assessment === null) {
        entity.assessment = null;
      } else if (typeof data.assessment !== 'undefined') {
        if (isPrimaryKey(data.assessment, true)) {
          entity.assessment = factory.createReference(test_assessment_178, data.assessment, { merge: true, convertCustomTypes, normalizeAccessors, schema });
        } else if (data.assessment && typeof data.assessment === 'object') {
          entity.assessment = factory.createReference(test_assessment_179, data.assessment, { initialized: true, merge: true, newEntity, convertCustomTypes, normalizeAccessors, schema });
        }
      }
      if (data.round === null) {
        entity.round = null;
      } else if (typeof data.round !== 'undefined') {
        entity.round = data.round;
      }
    }
  },
  'hydrator-dead_letter_1000-reference-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, test_assessment_181, test_assessment_182) {
    // compiled hydrator for entity DeadLetter ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.assessment === null) {
        entity.assessment = null;
      } else if (typeof data.assessment !== 'undefined') {
        if (isPrimaryKey(data.assessment, true)) {
          entity.assessment = factory.createReference(test_assessment_181, data.assessment, { merge: true, convertCustomTypes, normalizeAccessors, schema });
        } else if (data.assessment && typeof data.assessment === 'object') {
          entity.assessment = factory.createReference(test_assessment_182, data.assessment, { initialized: true, merge: true, newEntity, convertCustomTypes, normalizeAccessors, schema });
        }
      }
      if (data.round === null) {
        entity.round = null;
      } else if (typeof data.round !== 'undefined') {
        entity.round = data.round;
      }
    }
  },
  'pkGetter-dead_letter_1000': function(isEntityOrRef) {
    // compiled pk getter for entity DeadLetter
    return function(entity) {
      const cond = {
        assessment: (entity.assessment != null && isEntityOrRef(entity.assessment)) ? entity.assessment.__helper.getPrimaryKey() : entity.assessment,
        round: entity.round,
      };
      if (cond.assessment == null || cond.round == null) return null;
      return cond;
    }
  },
  'pkGetterConverted-dead_letter_1000': function(isEntityOrRef) {
    // compiled pk getter (with converted custom types) for entity DeadLetter
    return function(entity) {
      const cond = {
        assessment: (entity.assessment != null && isEntityOrRef(entity.assessment)) ? entity.assessment.__helper.getPrimaryKey(true) : entity.assessment,
        round: entity.round,
      };
      if (cond.assessment == null || cond.round == null) return null;
      return cond;
    }
  },
  'pkSerializer-dead_letter_1000': function(isEntityOrRef, getCompositeKeyValue, getPrimaryKeyHash) {
    // compiled pk serializer for entity DeadLetter
    return function(entity) {
      const pks = entity.__helper.__pk ? getCompositeKeyValue(entity.__helper.__pk) : [
        (entity.assessment != null && isEntityOrRef(entity.assessment)) ? entity.assessment.__helper.getSerializedPrimaryKey() : entity.assessment,
        entity.round,
      ];
      return pks.join('~~~');
    }
  },
  'hydrator-test_assessment_0-full-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_id, convertToDatabaseValue_id, convertToJSValue_sessionId, convertToDatabaseValue_sessionId, convertToJSValue_answers, convertToDatabaseValue_answers, convertToJSValue_rejectedAnswer, convertToDatabaseValue_rejectedAnswer, convertToJSValue_claimToken, convertToDatabaseValue_claimToken) {
    // compiled hydrator for entity Assessment ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.id === null) {
        entity.id = null;
      } else if (typeof data.id !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_id(data.id);
          entity.id = value;
        } else {
          entity.id = data.id;
        }
      }
      if (data.sessionId === null) {
        entity.sessionId = null;
      } else if (typeof data.sessionId !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_sessionId(data.sessionId);
          entity.sessionId = value;
        } else {
          entity.sessionId = data.sessionId;
        }
      }
      if (data.questionnaireId === null) {
        entity.questionnaireId = null;
      } else if (typeof data.questionnaireId !== 'undefined') {
        entity.questionnaireId = data.questionnaireId;
      }
      if (data.language === null) {
        entity.language = null;
      } else if (typeof data.language !== 'undefined') {
        entity.language = data.language;
      }
      if (data.answers === null) {
        entity.answers = null;
      } else if (typeof data.answers !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_answers(data.answers);
          data.answers = convertToDatabaseValue_answers(value);
          entity.answers = value;
        } else {
          entity.answers = data.answers;
        }
      }
      if (data.answersHash === null) {
        entity.answersHash = null;
      } else if (typeof data.answersHash !== 'undefined') {
        entity.answersHash = data.answersHash;
      }
      if (data.idempotencyKey === null) {
        entity.idempotencyKey = null;
      } else if (typeof data.idempotencyKey !== 'undefined') {
        entity.idempotencyKey = data.idempotencyKey;
      }
      if (data.watch === null) {
        entity.watch = null;
      } else if (typeof data.watch !== 'undefined') {
        entity.watch = !!data.watch;
      }
      if (data.status === null) {
        entity.status = null;
      } else if (typeof data.status !== 'undefined') {
        entity.status = data.status;
      }
      if (data.version === null) {
        entity.version = null;
      } else if (typeof data.version !== 'undefined') {
        entity.version = data.version;
      }
      if (data.round === null) {
        entity.round = null;
      } else if (typeof data.round !== 'undefined') {
        entity.round = data.round;
      }
      if (data.attempts === null) {
        entity.attempts = null;
      } else if (typeof data.attempts !== 'undefined') {
        entity.attempts = data.attempts;
      }
      if (data.rejectedAnswer === null) {
        entity.rejectedAnswer = null;
      } else if (typeof data.rejectedAnswer !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_rejectedAnswer(data.rejectedAnswer);
          data.rejectedAnswer = convertToDatabaseValue_rejectedAnswer(value);
          entity.rejectedAnswer = value;
        } else {
          entity.rejectedAnswer = data.rejectedAnswer;
        }
      }
      if (data.claimToken === null) {
        entity.claimToken = null;
      } else if (typeof data.claimToken !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_claimToken(data.claimToken);
          entity.claimToken = value;
        } else {
          entity.claimToken = data.claimToken;
        }
      }
      if (data.leaseUntil === null) {
        entity.leaseUntil = null;
      } else if (typeof data.leaseUntil !== 'undefined') {
        if (data.leaseUntil instanceof Date) {
          entity.leaseUntil = data.leaseUntil;
        } else if (typeof data.leaseUntil === 'number' || data.leaseUntil.includes('+') || data.leaseUntil.lastIndexOf('-') > 10 || data.leaseUntil.endsWith('Z')) {
          entity.leaseUntil = new Date(data.leaseUntil);
        } else {
          entity.leaseUntil = new Date(data.leaseUntil + 'Z');
        }
      }
      if (data.notBefore === null) {
        entity.notBefore = null;
      } else if (typeof data.notBefore !== 'undefined') {
        if (data.notBefore instanceof Date) {
          entity.notBefore = data.notBefore;
        } else if (typeof data.notBefore === 'number' || data.notBefore.includes('+') || data.notBefore.lastIndexOf('-') > 10 || data.notBefore.endsWith('Z')) {
          entity.notBefore = new Date(data.notBefore);
        } else {
          entity.notBefore = new Date(data.notBefore + 'Z');
        }
      }
      if (data.dispatchNo === null) {
        entity.dispatchNo = null;
      } else if (typeof data.dispatchNo !== 'undefined') {
        entity.dispatchNo = data.dispatchNo;
      }
      if (data.dispatchedAt === null) {
        entity.dispatchedAt = null;
      } else if (typeof data.dispatchedAt !== 'undefined') {
        if (data.dispatchedAt instanceof Date) {
          entity.dispatchedAt = data.dispatchedAt;
        } else if (typeof data.dispatchedAt === 'number' || data.dispatchedAt.includes('+') || data.dispatchedAt.lastIndexOf('-') > 10 || data.dispatchedAt.endsWith('Z')) {
          entity.dispatchedAt = new Date(data.dispatchedAt);
        } else {
          entity.dispatchedAt = new Date(data.dispatchedAt + 'Z');
        }
      }
      if (data.network === null) {
        entity.network = null;
      } else if (typeof data.network !== 'undefined') {
        entity.network = data.network;
      }
      if (data.turn === null) {
        entity.turn = null;
      } else if (typeof data.turn !== 'undefined') {
        entity.turn = data.turn;
      }
      if (data.failureCode === null) {
        entity.failureCode = null;
      } else if (typeof data.failureCode !== 'undefined') {
        entity.failureCode = data.failureCode;
      }
      if (data.submittedAt === null) {
        entity.submittedAt = null;
      } else if (typeof data.submittedAt !== 'undefined') {
        if (data.submittedAt instanceof Date) {
          entity.submittedAt = data.submittedAt;
        } else if (typeof data.submittedAt === 'number' || data.submittedAt.includes('+') || data.submittedAt.lastIndexOf('-') > 10 || data.submittedAt.endsWith('Z')) {
          entity.submittedAt = new Date(data.submittedAt);
        } else {
          entity.submittedAt = new Date(data.submittedAt + 'Z');
        }
      }
      if (data.startedAt === null) {
        entity.startedAt = null;
      } else if (typeof data.startedAt !== 'undefined') {
        if (data.startedAt instanceof Date) {
          entity.startedAt = data.startedAt;
        } else if (typeof data.startedAt === 'number' || data.startedAt.includes('+') || data.startedAt.lastIndexOf('-') > 10 || data.startedAt.endsWith('Z')) {
          entity.startedAt = new Date(data.startedAt);
        } else {
          entity.startedAt = new Date(data.startedAt + 'Z');
        }
      }
      if (data.endedAt === null) {
        entity.endedAt = null;
      } else if (typeof data.endedAt !== 'undefined') {
        if (data.endedAt instanceof Date) {
          entity.endedAt = data.endedAt;
        } else if (typeof data.endedAt === 'number' || data.endedAt.includes('+') || data.endedAt.lastIndexOf('-') > 10 || data.endedAt.endsWith('Z')) {
          entity.endedAt = new Date(data.endedAt);
        } else {
          entity.endedAt = new Date(data.endedAt + 'Z');
        }
      }
      if (data.endedXid === null) {
        entity.endedXid = null;
      } else if (typeof data.endedXid !== 'undefined') {
        entity.endedXid = data.endedXid;
      }
    }
  },
  'hydrator-test_assessment_0-full-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_id, convertToDatabaseValue_id, convertToJSValue_sessionId, convertToDatabaseValue_sessionId, convertToJSValue_answers, convertToDatabaseValue_answers, convertToJSValue_rejectedAnswer, convertToDatabaseValue_rejectedAnswer, convertToJSValue_claimToken, convertToDatabaseValue_claimToken) {
    // compiled hydrator for entity Assessment ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.id === null) {
        entity.id = null;
      } else if (typeof data.id !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_id(data.id);
          entity.id = value;
        } else {
          entity.id = data.id;
        }
      }
      if (data.sessionId === null) {
        entity.sessionId = null;
      } else if (typeof data.sessionId !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_sessionId(data.sessionId);
          entity.sessionId = value;
        } else {
          entity.sessionId = data.sessionId;
        }
      }
      if (data.questionnaireId === null) {
        entity.questionnaireId = null;
      } else if (typeof data.questionnaireId !== 'undefined') {
        entity.questionnaireId = data.questionnaireId;
      }
      if (data.language === null) {
        entity.language = null;
      } else if (typeof data.language !== 'undefined') {
        entity.language = data.language;
      }
      if (data.answers === null) {
        entity.answers = null;
      } else if (typeof data.answers !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_answers(data.answers);
          data.answers = convertToDatabaseValue_answers(value);
          entity.answers = value;
        } else {
          entity.answers = data.answers;
        }
      }
      if (data.answersHash === null) {
        entity.answersHash = null;
      } else if (typeof data.answersHash !== 'undefined') {
        entity.answersHash = data.answersHash;
      }
      if (data.idempotencyKey === null) {
        entity.idempotencyKey = null;
      } else if (typeof data.idempotencyKey !== 'undefined') {
        entity.idempotencyKey = data.idempotencyKey;
      }
      if (data.watch === null) {
        entity.watch = null;
      } else if (typeof data.watch !== 'undefined') {
        entity.watch = !!data.watch;
      }
      if (data.status === null) {
        entity.status = null;
      } else if (typeof data.status !== 'undefined') {
        entity.status = data.status;
      }
      if (data.version === null) {
        entity.version = null;
      } else if (typeof data.version !== 'undefined') {
        entity.version = data.version;
      }
      if (data.round === null) {
        entity.round = null;
      } else if (typeof data.round !== 'undefined') {
        entity.round = data.round;
      }
      if (data.attempts === null) {
        entity.attempts = null;
      } else if (typeof data.attempts !== 'undefined') {
        entity.attempts = data.attempts;
      }
      if (data.rejectedAnswer === null) {
        entity.rejectedAnswer = null;
      } else if (typeof data.rejectedAnswer !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_rejectedAnswer(data.rejectedAnswer);
          data.rejectedAnswer = convertToDatabaseValue_rejectedAnswer(value);
          entity.rejectedAnswer = value;
        } else {
          entity.rejectedAnswer = data.rejectedAnswer;
        }
      }
      if (data.claimToken === null) {
        entity.claimToken = null;
      } else if (typeof data.claimToken !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_claimToken(data.claimToken);
          entity.claimToken = value;
        } else {
          entity.claimToken = data.claimToken;
        }
      }
      if (data.leaseUntil === null) {
        entity.leaseUntil = null;
      } else if (typeof data.leaseUntil !== 'undefined') {
        if (data.leaseUntil instanceof Date) {
          entity.leaseUntil = data.leaseUntil;
        } else if (typeof data.leaseUntil === 'number' || data.leaseUntil.includes('+') || data.leaseUntil.lastIndexOf('-') > 10 || data.leaseUntil.endsWith('Z')) {
          entity.leaseUntil = new Date(data.leaseUntil);
        } else {
          entity.leaseUntil = new Date(data.leaseUntil + 'Z');
        }
      }
      if (data.notBefore === null) {
        entity.notBefore = null;
      } else if (typeof data.notBefore !== 'undefined') {
        if (data.notBefore instanceof Date) {
          entity.notBefore = data.notBefore;
        } else if (typeof data.notBefore === 'number' || data.notBefore.includes('+') || data.notBefore.lastIndexOf('-') > 10 || data.notBefore.endsWith('Z')) {
          entity.notBefore = new Date(data.notBefore);
        } else {
          entity.notBefore = new Date(data.notBefore + 'Z');
        }
      }
      if (data.dispatchNo === null) {
        entity.dispatchNo = null;
      } else if (typeof data.dispatchNo !== 'undefined') {
        entity.dispatchNo = data.dispatchNo;
      }
      if (data.dispatchedAt === null) {
        entity.dispatchedAt = null;
      } else if (typeof data.dispatchedAt !== 'undefined') {
        if (data.dispatchedAt instanceof Date) {
          entity.dispatchedAt = data.dispatchedAt;
        } else if (typeof data.dispatchedAt === 'number' || data.dispatchedAt.includes('+') || data.dispatchedAt.lastIndexOf('-') > 10 || data.dispatchedAt.endsWith('Z')) {
          entity.dispatchedAt = new Date(data.dispatchedAt);
        } else {
          entity.dispatchedAt = new Date(data.dispatchedAt + 'Z');
        }
      }
      if (data.network === null) {
        entity.network = null;
      } else if (typeof data.network !== 'undefined') {
        entity.network = data.network;
      }
      if (data.turn === null) {
        entity.turn = null;
      } else if (typeof data.turn !== 'undefined') {
        entity.turn = data.turn;
      }
      if (data.failureCode === null) {
        entity.failureCode = null;
      } else if (typeof data.failureCode !== 'undefined') {
        entity.failureCode = data.failureCode;
      }
      if (data.submittedAt === null) {
        entity.submittedAt = null;
      } else if (typeof data.submittedAt !== 'undefined') {
        if (data.submittedAt instanceof Date) {
          entity.submittedAt = data.submittedAt;
        } else if (typeof data.submittedAt === 'number' || data.submittedAt.includes('+') || data.submittedAt.lastIndexOf('-') > 10 || data.submittedAt.endsWith('Z')) {
          entity.submittedAt = new Date(data.submittedAt);
        } else {
          entity.submittedAt = new Date(data.submittedAt + 'Z');
        }
      }
      if (data.startedAt === null) {
        entity.startedAt = null;
      } else if (typeof data.startedAt !== 'undefined') {
        if (data.startedAt instanceof Date) {
          entity.startedAt = data.startedAt;
        } else if (typeof data.startedAt === 'number' || data.startedAt.includes('+') || data.startedAt.lastIndexOf('-') > 10 || data.startedAt.endsWith('Z')) {
          entity.startedAt = new Date(data.startedAt);
        } else {
          entity.startedAt = new Date(data.startedAt + 'Z');
        }
      }
      if (data.endedAt === null) {
        entity.endedAt = null;
      } else if (typeof data.endedAt !== 'undefined') {
        if (data.endedAt instanceof Date) {
          entity.endedAt = data.endedAt;
        } else if (typeof data.endedAt === 'number' || data.endedAt.includes('+') || data.endedAt.lastIndexOf('-') > 10 || data.endedAt.endsWith('Z')) {
          entity.endedAt = new Date(data.endedAt);
        } else {
          entity.endedAt = new Date(data.endedAt + 'Z');
        }
      }
      if (data.endedXid === null) {
        entity.endedXid = null;
      } else if (typeof data.endedXid !== 'undefined') {
        entity.endedXid = data.endedXid;
      }
    }
  },
  'comparator-test_assessment_0': function(compareArrays, compareBooleans, compareBuffers, compareObjects, equals) {
    // compiled comparator for entity Assessment
    return function(last, current, options) {
      const diff = {};
      if (current.id === null && last.id === undefined) {
        diff.id = current.id;
      } else if (current.id == null && last.id == null) {
    
      } else if ((current.id != null && last.id == null) || (current.id == null && last.id != null)) {
        diff.id = current.id;
      } else if (last.id !== current.id) {
        diff.id = current.id;
      }
    
      if (current.sessionId === null && last.sessionId === undefined) {
        diff.sessionId = current.sessionId;
      } else if (current.sessionId == null && last.sessionId == null) {
    
      } else if ((current.sessionId != null && last.sessionId == null) || (current.sessionId == null && last.sessionId != null)) {
        diff.sessionId = current.sessionId;
      } else if (last.sessionId !== current.sessionId) {
        diff.sessionId = current.sessionId;
      }
    
      if (current.questionnaireId === null && last.questionnaireId === undefined) {
        diff.questionnaireId = current.questionnaireId;
      } else if (current.questionnaireId == null && last.questionnaireId == null) {
    
      } else if ((current.questionnaireId != null && last.questionnaireId == null) || (current.questionnaireId == null && last.questionnaireId != null)) {
        diff.questionnaireId = current.questionnaireId;
      } else if (last.questionnaireId !== current.questionnaireId) {
        diff.questionnaireId = current.questionnaireId;
      }
    
      if (current.language === null && last.language === undefined) {
        diff.language = current.language;
      } else if (current.language == null && last.language == null) {
    
      } else if ((current.language != null && last.language == null) || (current.language == null && last.language != null)) {
        diff.language = current.language;
      } else if (last.language !== current.language) {
        diff.language = current.language;
      }
    
      if (current.answers === null && last.answers === undefined) {
        diff.answers = current.answers;
      } else if (current.answers == null && last.answers == null) {
    
      } else if ((current.answers != null && last.answers == null) || (current.answers == null && last.answers != null)) {
        diff.answers = current.answers;
      } else if (!equals(last.answers, current.answers)) {
        diff.answers = current.answers;
      }
    
      if (current.answersHash === null && last.answersHash === undefined) {
        diff.answersHash = current.answersHash;
      } else if (current.answersHash == null && last.answersHash == null) {
    
      } else if ((current.answersHash != null && last.answersHash == null) || (current.answersHash == null && last.answersHash != null)) {
        diff.answersHash = current.answersHash;
      } else if (last.answersHash !== current.answersHash) {
        diff.answersHash = current.answersHash;
      }
    
      if (current.idempotencyKey === null && last.idempotencyKey === undefined) {
        diff.idempotencyKey = current.idempotencyKey;
      } else if (current.idempotencyKey == null && last.idempotencyKey == null) {
    
      } else if ((current.idempotencyKey != null && last.idempotencyKey == null) || (current.idempotencyKey == null && last.idempotencyKey != null)) {
        diff.idempotencyKey = current.idempotencyKey;
      } else if (last.idempotencyKey !== current.idempotencyKey) {
        diff.idempotencyKey = current.idempotencyKey;
      }
    
      if (current.watch === null && last.watch === undefined) {
        diff.watch = current.watch;
      } else if (current.watch == null && last.watch == null) {
    
      } else if ((current.watch != null && last.watch == null) || (current.watch == null && last.watch != null)) {
        diff.watch = current.watch;
      } else if (!compareBooleans(last.watch, current.watch)) {
        diff.watch = current.watch;
      }
    
      if (current.status === null && last.status === undefined) {
        diff.status = current.status;
      } else if (current.status == null && last.status == null) {
    
      } else if ((current.status != null && last.status == null) || (current.status == null && last.status != null)) {
        diff.status = current.status;
      } else if (last.status !== current.status) {
        diff.status = current.status;
      }
    
      if (current.version === null && last.version === undefined) {
        diff.version = current.version;
      } else if (current.version == null && last.version == null) {
    
      } else if ((current.version != null && last.version == null) || (current.version == null && last.version != null)) {
        diff.version = current.version;
      } else if (!equals(last.version, current.version)) {
        diff.version = current.version;
      }
    
      if (current.round === null && last.round === undefined) {
        diff.round = current.round;
      } else if (current.round == null && last.round == null) {
    
      } else if ((current.round != null && last.round == null) || (current.round == null && last.round != null)) {
        diff.round = current.round;
      } else if (!equals(last.round, current.round)) {
        diff.round = current.round;
      }
    
      if (current.attempts === null && last.attempts === undefined) {
        diff.attempts = current.attempts;
      } else if (current.attempts == null && last.attempts == null) {
    
      } else if ((current.attempts != null && last.attempts == null) || (current.attempts == null && last.attempts != null)) {
        diff.attempts = current.attempts;
      } else if (!equals(last.attempts, current.attempts)) {
        diff.attempts = current.attempts;
      }
    
      if (current.rejectedAnswer === null && last.rejectedAnswer === undefined) {
        diff.rejectedAnswer = current.rejectedAnswer;
      } else if (current.rejectedAnswer == null && last.rejectedAnswer == null) {
    
      } else if ((current.rejectedAnswer != null && last.rejectedAnswer == null) || (current.rejectedAnswer == null && last.rejectedAnswer != null)) {
        diff.rejectedAnswer = current.rejectedAnswer;
      } else if (!equals(last.rejectedAnswer, current.rejectedAnswer)) {
        diff.rejectedAnswer = current.rejectedAnswer;
      }
    
      if (current.claimToken === null && last.claimToken === undefined) {
        diff.claimToken = current.claimToken;
      } else if (current.claimToken == null && last.claimToken == null) {
    
      } else if ((current.claimToken != null && last.claimToken == null) || (current.claimToken == null && last.claimToken != null)) {
        diff.claimToken = current.claimToken;
      } else if (last.claimToken !== current.claimToken) {
        diff.claimToken = current.claimToken;
      }
    
      if (current.leaseUntil === null && last.leaseUntil === undefined) {
        diff.leaseUntil = current.leaseUntil;
      } else if (current.leaseUntil == null && last.leaseUntil == null) {
    
      } else if ((current.leaseUntil != null && last.leaseUntil == null) || (current.leaseUntil == null && last.leaseUntil != null)) {
        diff.leaseUntil = current.leaseUntil;
      } else if (last.leaseUntil.valueOf() !== current.leaseUntil.valueOf()) {
        diff.leaseUntil = current.leaseUntil;
      }
    
      if (current.notBefore === null && last.notBefore === undefined) {
        diff.notBefore = current.notBefore;
      } else if (current.notBefore == null && last.notBefore == null) {
    
      } else if ((current.notBefore != null && last.notBefore == null) || (current.notBefore == null && last.notBefore != null)) {
        diff.notBefore = current.notBefore;
      } else if (last.notBefore.valueOf() !== current.notBefore.valueOf()) {
        diff.notBefore = current.notBefore;
      }
    
      if (current.dispatchNo === null && last.dispatchNo === undefined) {
        diff.dispatchNo = current.dispatchNo;
      } else if (current.dispatchNo == null && last.dispatchNo == null) {
    
      } else if ((current.dispatchNo != null && last.dispatchNo == null) || (current.dispatchNo == null && last.dispatchNo != null)) {
        diff.dispatchNo = current.dispatchNo;
      } else if (!equals(last.dispatchNo, current.dispatchNo)) {
        diff.dispatchNo = current.dispatchNo;
      }
    
      if (current.dispatchedAt === null && last.dispatchedAt === undefined) {
        diff.dispatchedAt = current.dispatchedAt;
      } else if (current.dispatchedAt == null && last.dispatchedAt == null) {
    
      } else if ((current.dispatchedAt != null && last.dispatchedAt == null) || (current.dispatchedAt == null && last.dispatchedAt != null)) {
        diff.dispatchedAt = current.dispatchedAt;
      } else if (last.dispatchedAt.valueOf() !== current.dispatchedAt.valueOf()) {
        diff.dispatchedAt = current.dispatchedAt;
      }
    
      if (current.network === null && last.network === undefined) {
        diff.network = current.network;
      } else if (current.network == null && last.network == null) {
    
      } else if ((current.network != null && last.network == null) || (current.network == null && last.network != null)) {
        diff.network = current.network;
      } else if (last.network !== current.network) {
        diff.network = current.network;
      }
    
      if (current.turn === null && last.turn === undefined) {
        diff.turn = current.turn;
      } else if (current.turn == null && last.turn == null) {
    
      } else if ((current.turn != null && last.turn == null) || (current.turn == null && last.turn != null)) {
        diff.turn = current.turn;
      } else if (!equals(last.turn, current.turn)) {
        diff.turn = current.turn;
      }
    
      if (current.failureCode === null && last.failureCode === undefined) {
        diff.failureCode = current.failureCode;
      } else if (current.failureCode == null && last.failureCode == null) {
    
      } else if ((current.failureCode != null && last.failureCode == null) || (current.failureCode == null && last.failureCode != null)) {
        diff.failureCode = current.failureCode;
      } else if (last.failureCode !== current.failureCode) {
        diff.failureCode = current.failureCode;
      }
    
      if (current.submittedAt === null && last.submittedAt === undefined) {
        diff.submittedAt = current.submittedAt;
      } else if (current.submittedAt == null && last.submittedAt == null) {
    
      } else if ((current.submittedAt != null && last.submittedAt == null) || (current.submittedAt == null && last.submittedAt != null)) {
        diff.submittedAt = current.submittedAt;
      } else if (last.submittedAt.valueOf() !== current.submittedAt.valueOf()) {
        diff.submittedAt = current.submittedAt;
      }
    
      if (current.startedAt === null && last.startedAt === undefined) {
        diff.startedAt = current.startedAt;
      } else if (current.startedAt == null && last.startedAt == null) {
    
      } else if ((current.startedAt != null && last.startedAt == null) || (current.startedAt == null && last.startedAt != null)) {
        diff.startedAt = current.startedAt;
      } else if (last.startedAt.valueOf() !== current.startedAt.valueOf()) {
        diff.startedAt = current.startedAt;
      }
    
      if (current.endedAt === null && last.endedAt === undefined) {
        diff.endedAt = current.endedAt;
      } else if (current.endedAt == null && last.endedAt == null) {
    
      } else if ((current.endedAt != null && last.endedAt == null) || (current.endedAt == null && last.endedAt != null)) {
        diff.endedAt = current.endedAt;
      } else if (last.endedAt.valueOf() !== current.endedAt.valueOf()) {
        diff.endedAt = current.endedAt;
      }
    
      if (current.endedXid === null && last.endedXid === undefined) {
        diff.endedXid = current.endedXid;
      } else if (current.endedXid == null && last.endedXid == null) {
    
      } else if ((current.endedXid != null && last.endedXid == null) || (current.endedXid == null && last.endedXid != null)) {
        diff.endedXid = current.endedXid;
      } else if (last.endedXid !== current.endedXid) {
        diff.endedXid = current.endedXid;
      }
    
    if (options?.includeInverseSides) {
    }
      return diff;
    }
  },
  'snapshotGenerator-test_assessment_0': function(clone, cloneEmbeddable, convertToDatabaseValue_id, convertToDatabaseValue_sessionId, convertToDatabaseValue_answers, convertToDatabaseValue_rejectedAnswer, convertToDatabaseValue_claimToken, processDateProperty) {
    return function(entity) {
      const ret = {};
      if (typeof entity.id !== 'undefined') {
        ret.id = convertToDatabaseValue_id(entity.id);
      }
    
      if (typeof entity.sessionId !== 'undefined') {
        ret.sessionId = convertToDatabaseValue_sessionId(entity.sessionId);
      }
    
      if (typeof entity.questionnaireId !== 'undefined') {
        ret.questionnaireId = entity.questionnaireId;
      }
    
      if (typeof entity.language !== 'undefined') {
        ret.language = entity.language;
      }
    
      if (typeof entity.answers !== 'undefined') {
        ret.answers = clone(convertToDatabaseValue_answers(entity.answers));
      }
    
      if (typeof entity.answersHash !== 'undefined') {
        ret.answersHash = entity.answersHash;
      }
    
      if (typeof entity.idempotencyKey !== 'undefined') {
        ret.idempotencyKey = entity.idempotencyKey;
      }
    
      if (typeof entity.watch !== 'undefined') {
        ret.watch = entity.watch;
      }
    
      if (typeof entity.status !== 'undefined') {
        ret.status = entity.status;
      }
    
      if (typeof entity.version !== 'undefined') {
        ret.version = clone(entity.version);
      }
    
      if (typeof entity.round !== 'undefined') {
        ret.round = clone(entity.round);
      }
    
      if (typeof entity.attempts !== 'undefined') {
        ret.attempts = clone(entity.attempts);
      }
    
      if (typeof entity.rejectedAnswer !== 'undefined') {
        ret.rejectedAnswer = clone(convertToDatabaseValue_rejectedAnswer(entity.rejectedAnswer));
      }
    
      if (typeof entity.claimToken !== 'undefined') {
        ret.claimToken = convertToDatabaseValue_claimToken(entity.claimToken);
      }
    
      if (typeof entity.leaseUntil !== 'undefined') {
        ret.leaseUntil = clone(processDateProperty(entity.leaseUntil));
      }
    
      if (typeof entity.notBefore !== 'undefined') {
        ret.notBefore = clone(processDateProperty(entity.notBefore));
      }
    
      if (typeof entity.dispatchNo !== 'undefined') {
        ret.dispatchNo = clone(entity.dispatchNo);
      }
    
      if (typeof entity.dispatchedAt !== 'undefined') {
        ret.dispatchedAt = clone(processDateProperty(entity.dispatchedAt));
      }
    
      if (typeof entity.network !== 'undefined') {
        ret.network = entity.network;
      }
    
      if (typeof entity.turn !== 'undefined') {
        ret.turn = clone(entity.turn);
      }
    
      if (typeof entity.failureCode !== 'undefined') {
        ret.failureCode = entity.failureCode;
      }
    
      if (typeof entity.submittedAt !== 'undefined') {
        ret.submittedAt = clone(processDateProperty(entity.submittedAt));
      }
    
      if (typeof entity.startedAt !== 'undefined') {
        ret.startedAt = clone(processDateProperty(entity.startedAt));
      }
    
      if (typeof entity.endedAt !== 'undefined') {
        ret.endedAt = clone(processDateProperty(entity.endedAt));
      }
    
      if (typeof entity.endedXid !== 'undefined') {
        ret.endedXid = entity.endedXid;
      }
    
      return ret;
    }
  },
  'resultMapper-test_assessment_0': function(PolymorphicRef, parseDate) {
    // compiled mapper for entity Assessment
    return function(result) {
      const ret = {};
      const mapped = {};
      if (typeof result.id !== 'undefined') {
        ret.id = result.id;
        mapped.id = true;
      }
      if (typeof result.session_id !== 'undefined') {
        ret.sessionId = result.session_id;
        mapped.session_id = true;
      }
      if (typeof result.questionnaire_id !== 'undefined') {
        ret.questionnaireId = result.questionnaire_id;
        mapped.questionnaire_id = true;
      }
      if (typeof result.language !== 'undefined') {
        ret.language = result.language;
        mapped.language = true;
      }
      if (typeof result.answers !== 'undefined') {
        ret.answers = result.answers;
        mapped.answers = true;
      }
      if (typeof result.answers_hash !== 'undefined') {
        ret.answersHash = result.answers_hash;
        mapped.answers_hash = true;
      }
      if (typeof result.idempotency_key !== 'undefined') {
        ret.idempotencyKey = result.idempotency_key;
        mapped.idempotency_key = true;
      }
      if (typeof result.watch !== 'undefined') {
        ret.watch = result.watch == null ? result.watch : !!result.watch;
        mapped.watch = true;
      }
      if (typeof result.status !== 'undefined') {
        ret.status = result.status;
        mapped.status = true;
      }
      if (typeof result.version !== 'undefined') {
        ret.version = result.version;
        mapped.version = true;
      }
      if (typeof result.round !== 'undefined') {
        ret.round = result.round;
        mapped.round = true;
      }
      if (typeof result.attempts !== 'undefined') {
        ret.attempts = result.attempts;
        mapped.attempts = true;
      }
      if (typeof result.rejected_answer !== 'undefined') {
        ret.rejectedAnswer = result.rejected_answer;
        mapped.rejected_answer = true;
      }
      if (typeof result.claim_token !== 'undefined') {
        ret.claimToken = result.claim_token;
        mapped.claim_token = true;
      }
      if (typeof result.lease_until !== 'undefined') {
        if (result.lease_until == null || result.lease_until instanceof Date) {
          ret.leaseUntil = result.lease_until;
        } else if (typeof result.lease_until === 'bigint') {
          ret.leaseUntil = parseDate(Number(result.lease_until));
        } else if (typeof result.lease_until === 'number' || result.lease_until.includes('+') || result.lease_until.lastIndexOf('-') > 10 || result.lease_until.endsWith('Z')) {
          ret.leaseUntil = parseDate(result.lease_until);
        } else {
          ret.leaseUntil = parseDate(result.lease_until + 'Z');
        }
        mapped.lease_until = true;
      }
      if (typeof result.not_before !== 'undefined') {
        if (result.not_before == null || result.not_before instanceof Date) {
          ret.notBefore = result.not_before;
        } else if (typeof result.not_before === 'bigint') {
          ret.notBefore = parseDate(Number(result.not_before));
        } else if (typeof result.not_before === 'number' || result.not_before.includes('+') || result.not_before.lastIndexOf('-') > 10 || result.not_before.endsWith('Z')) {
          ret.notBefore = parseDate(result.not_before);
        } else {
          ret.notBefore = parseDate(result.not_before + 'Z');
        }
        mapped.not_before = true;
      }
      if (typeof result.dispatch_no !== 'undefined') {
        ret.dispatchNo = result.dispatch_no;
        mapped.dispatch_no = true;
      }
      if (typeof result.dispatched_at !== 'undefined') {
        if (result.dispatched_at == null || result.dispatched_at instanceof Date) {
          ret.dispatchedAt = result.dispatched_at;
        } else if (typeof result.dispatched_at === 'bigint') {
          ret.dispatchedAt = parseDate(Number(result.dispatched_at));
        } else if (typeof result.dispatched_at === 'number' || result.dispatched_at.includes('+') || result.dispatched_at.lastIndexOf('-') > 10 || result.dispatched_at.endsWith('Z')) {
          ret.dispatchedAt = parseDate(result.dispatched_at);
        } else {
          ret.dispatchedAt = parseDate(result.dispatched_at + 'Z');
        }
        mapped.dispatched_at = true;
      }
      if (typeof result.network !== 'undefined') {
        ret.network = result.network;
        mapped.network = true;
      }
      if (typeof result.turn !== 'undefined') {
        ret.turn = result.turn;
        mapped.turn = true;
      }
      if (typeof result.failure_code !== 'undefined') {
        ret.failureCode = result.failure_code;
        mapped.failure_code = true;
      }
      if (typeof result.submitted_at !== 'undefined') {
        if (result.submitted_at == null || result.submitted_at instanceof Date) {
          ret.submittedAt = result.submitted_at;
        } else if (typeof result.submitted_at === 'bigint') {
          ret.submittedAt = parseDate(Number(result.submitted_at));
        } else if (typeof result.submitted_at === 'number' || result.submitted_at.includes('+') || result.submitted_at.lastIndexOf('-') > 10 || result.submitted_at.endsWith('Z')) {
          ret.submittedAt = parseDate(result.submitted_at);
        } else {
          ret.submittedAt = parseDate(result.submitted_at + 'Z');
        }
        mapped.submitted_at = true;
      }
      if (typeof result.started_at !== 'undefined') {
        if (result.started_at == null || result.started_at instanceof Date) {
          ret.startedAt = result.started_at;
        } else if (typeof result.started_at === 'bigint') {
          ret.startedAt = parseDate(Number(result.started_at));
        } else if (typeof result.started_at === 'number' || result.started_at.includes('+') || result.started_at.lastIndexOf('-') > 10 || result.started_at.endsWith('Z')) {
          ret.startedAt = parseDate(result.started_at);
        } else {
          ret.startedAt = parseDate(result.started_at + 'Z');
        }
        mapped.started_at = true;
      }
      if (typeof result.ended_at !== 'undefined') {
        if (result.ended_at == null || result.ended_at instanceof Date) {
          ret.endedAt = result.ended_at;
        } else if (typeof result.ended_at === 'bigint') {
          ret.endedAt = parseDate(Number(result.ended_at));
        } else if (typeof result.ended_at === 'number' || result.ended_at.includes('+') || result.ended_at.lastIndexOf('-') > 10 || result.ended_at.endsWith('Z')) {
          ret.endedAt = parseDate(result.ended_at);
        } else {
          ret.endedAt = parseDate(result.ended_at + 'Z');
        }
        mapped.ended_at = true;
      }
      if (typeof result.ended_xid !== 'undefined') {
        ret.endedXid = result.ended_xid;
        mapped.ended_xid = true;
      }
      for (let k in result) { if (Object.hasOwn(result, k) && !mapped[k] && ret[k] === undefined) ret[k] = result[k]; }
      return ret;
    }
  },
  'hydrator-test_assessment_0-reference-false': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_id, convertToDatabaseValue_id) {
    // compiled hydrator for entity Assessment ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.id === null) {
        entity.id = null;
      } else if (typeof data.id !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_id(data.id);
          entity.id = value;
        } else {
          entity.id = data.id;
        }
      }
    }
  },
  'hydrator-test_assessment_0-reference-true': function(isPrimaryKey, isEntity, isScalarReference, Collection, Reference, PolymorphicRef, ValidationError, convertToJSValue_id, convertToDatabaseValue_id) {
    // compiled hydrator for entity Assessment ( normalized)
    return function(entity, data, factory, newEntity, convertCustomTypes, schema, parentSchema, normalizeAccessors) {
      if (data.id === null) {
        entity.id = null;
      } else if (typeof data.id !== 'undefined') {
        if (convertCustomTypes) {
          const value = convertToJSValue_id(data.id);
          entity.id = value;
        } else {
          entity.id = data.id;
        }
      }
    }
  },
  'pkGetter-test_assessment_0': function(isEntityOrRef) {
    // compiled pk getter for entity Assessment
    return function(entity) {
      return entity.id;
    }
  },
  'pkGetterConverted-test_assessment_0': function(isEntityOrRef, convertToDatabaseValue_id) {
    // compiled pk getter (with converted custom types) for entity Assessment
    return function(entity) {
      return convertToDatabaseValue_id(entity.id);
    }
  },
  'pkSerializer-test_assessment_0': function(isEntityOrRef, getCompositeKeyValue, getPrimaryKeyHash, convertToDatabaseValue_id) {
    // compiled pk serializer for entity Assessment
    return function(entity) {
      const val_2 = convertToDatabaseValue_id(entity.id);
      return getPrimaryKeyHash(val_2);
    }
  }
};
